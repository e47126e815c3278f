"""OpenAI: speech, until its models end on 6 January 2027, and whoever speaks its endpoint."""
