"""The page for somebody who comes without a token."""

WELCOME = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Film studio</title>
<main>
<h1>Nobody is signed in</h1>
<p>Open the address that <code>film studio</code> printed in the terminal: it ends in <code>?token=…</code>.
A studio that was started anew has a new one.</p>
</main>
</html>
"""
