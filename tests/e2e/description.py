"""The description's own words: its commands, files and snippets, letter for letter; ``test_description`` runs them."""

ENV_FILE = """\
# Required
FAL_API_KEY=your_fal_key_here
OPEN_AI_API_KEY=your_openai_key_here

# Optional (for premium providers)
REPLICATE_API_KEY=your_replicate_key
RUNWAY_API_KEY=your_runway_key
ELEVENLABS_API_KEY=your_elevenlabs_key

# Storage
FILM_GALLERY_DIR=E:/FILM_GALLERY
FILM_DEFAULT_BUDGET_USD=10.00
"""

COPY_TEMPLATE = "cp .env_template .env"

DATABASE_SETUP = """\
# Run database migrations (if not already done)
cd src
uv run python -c "from data.film_models import Base; from data.dao import engine; Base.metadata.create_all(engine)"
"""

SHOTS = """\
[
  {
    "shot_id": "shot_001",
    "shot_number": 1,
    "shot_type": "wide",
    "enhanced_prompt": "8K cinematic film production, professional Hollywood color grading, wide shot, Dusty Victorian attic interior, wooden beams, afternoon sunlight",
    "negative_prompt": "cartoon, anime, low quality, amateur",
    "duration": 5,
    "dialogue": null,
    "characters": ["emma"],
    "landscapes": ["attic", "interior"],
    "styles": ["cinematic", "victorian"],
    "mood": "nostalgic",
    "time_of_day": "afternoon"
  },
  {
    "shot_id": "shot_002",
    "shot_number": 2,
    "shot_type": "medium",
    "enhanced_prompt": "8K cinematic, medium shot from waist up, Emma slowly opening attic door, looking curious and nostalgic, dust particles in light",
    "negative_prompt": "cartoon, anime, low quality",
    "duration": 5,
    "dialogue": "I haven't been up here in years...",
    "characters": ["emma"],
    "landscapes": ["attic", "doorway"],
    "styles": ["cinematic", "emotional"],
    "mood": "curious",
    "time_of_day": "afternoon"
  }
]
"""  # noqa: E501

BASIC = """\
cd src
uv run python -m pipelines.film_generation \\
  --film_id "my_first_film" \\
  --shots_json_path "../shots.json"
"""

WITH_BUDGET = """\
uv run python -m pipelines.film_generation \\
  --film_id "budget_film" \\
  --shots_json_path "../shots.json" \\
  --budget_limit 5.00
"""

PREMIUM = """\
uv run python -m pipelines.film_generation \\
  --film_id "premium_film" \\
  --shots_json_path "../shots.json" \\
  --video_provider kling \\
  --audio_provider elevenlabs \\
  --budget_limit 20.00
"""

NO_CACHE = """\
uv run python -m pipelines.film_generation \\
  --film_id "fresh_film" \\
  --shots_json_path "../shots.json" \\
  --no_cache
"""

PROGRAMMATIC = """\
from pipelines.film_generation import run_film_pipeline

final_film = run_film_pipeline(
    film_id="programmatic_test",
    shots_json_path="./shots.json",
    budget_limit=10.00,
    default_video_provider="minimax",
    use_cache=True,
)

print(f"Film generated: {final_film}")
"""

MONTHLY_COSTS = """\
from film.cost_tracker import get_monthly_costs

costs = get_monthly_costs(2025, 11)
print(f"November 2025 total: ${costs['total_cost']}")
print(f"Projects: {costs['project_count']}")
"""

PROJECT_COSTS = """\
from data.film_models import get_project_cost_summary
from data.dao import SessionLocal

db = SessionLocal()
summary = get_project_cost_summary(db, "my_film_001")
print(summary)
"""

FIND_ASSETS = """\
from film.metadata import MetadataIndex

index = MetadataIndex()

# Find all images of Emma in Victorian attic
assets = index.find_assets(
    characters=['emma'],
    landscapes=['attic'],
    styles=['victorian'],
    asset_type='image'
)

print(f"Found {len(assets)} matching assets")
for asset in assets:
    print(f"- {asset.asset_id}: {asset.prompt[:50]}...")
    print(f"  Used {asset.reuse_count} times, saved ${asset.cost_usd * asset.reuse_count}")
"""

DISCOVER = """\
# See all characters in your asset library
characters = index.get_all_characters()
print(f"Characters: {characters}")

# See all landscapes
landscapes = index.get_all_landscapes()
print(f"Landscapes: {landscapes}")

# Get index statistics
stats = index.get_index_stats()
print(f"Total assets: {stats['total_assets']}")
"""

MOST_REUSED = """\
from film.metadata import MetadataIndex

index = MetadataIndex()
top_assets = index.get_most_reused_assets(limit=10)

for asset in top_assets:
    roi = asset.cost_usd * (asset.reuse_count - 1)  # Savings from reuse
    print(f"{asset.reuse_count}x: {asset.prompt[:50]}... (ROI: ${roi:.2f})")
"""

TASK = """\
from pipelines.tasks.film_tasks import FilmGenerationTask

task = FilmGenerationTask(
    project_id="my_project",
    api_keys={'fal': 'key', 'openai': 'key'},
    use_cache=True
)

# Generate single shot
completed_shot = await task.generate_shot(shot_config)
"""

CACHE = """\
from film.cache import AssetCache

cache = AssetCache()

# Check cache stats
stats = cache.get_cache_stats()
print(f"Hit rate: {stats['hit_rate_percent']}%")
print(f"Saved: ${stats['total_cost_saved_usd']}")
"""

TRACKER = """\
from film.cost_tracker import CostTracker

tracker = CostTracker(
    project_id="my_project",
    budget_limit_usd=Decimal('10.00')
)

# Estimate before generation
estimate = tracker.estimate_project_cost(shot_configs)

# Check if within budget
tracker.check_budget(estimate.total_estimated_cost)  # Raises BudgetExceededError if over
"""

INDEX = """\
from film.metadata import MetadataIndex

index = MetadataIndex()

# Index an asset
index.index_asset(asset_metadata)

# Find assets
assets = index.find_assets(
    characters=['emma'],
    mood='nostalgic'
)
"""

EXAMPLE_1_SHOTS = """\
[
  {"shot_id": "shot_001", "shot_type": "wide", "enhanced_prompt": "...", "duration": 5},
  {"shot_id": "shot_002", "shot_type": "medium", "enhanced_prompt": "...", "duration": 5, "dialogue": "Hello"},
  {"shot_id": "shot_003", "shot_type": "close-up", "enhanced_prompt": "...", "duration": 5}
]
"""

EXAMPLE_1 = """\
uv run python -m pipelines.film_generation \\
  --film_id "scene_001" \\
  --shots_json_path "shots.json" \\
  --budget_limit 1.00
"""

EXAMPLE_2 = """\
uv run python -m pipelines.film_generation \\
  --film_id "trailer_v1" \\
  --shots_json_path "trailer_shots.json" \\
  --video_provider kling \\
  --audio_provider elevenlabs \\
  --budget_limit 50.00
"""

EXAMPLE_3 = """\
# Find existing assets of a character
from film.metadata import MetadataIndex

index = MetadataIndex()
emma_assets = index.find_assets(
    characters=['emma'],
    shot_type='close-up'
)

# Reuse in new shot definition
if emma_assets:
    # Use prompt from existing asset
    existing_prompt = emma_assets[0].prompt
    new_shot = {
        "shot_id": "shot_reuse_001",
        "enhanced_prompt": existing_prompt,  # Will hit cache!
        # ...
    }
"""

MISSING_KEY = "Error: Missing required API keys in .env: FAL_API_KEY"
OVER_BUDGET = "BudgetExceededError: Budget exceeded: $12.50 > $10.00"

OWN_PROVIDER = """\
from film.providers.base import BaseVideoProvider

class MyVideoProvider(BaseVideoProvider):
    async def generate(self, image_url, prompt, config):
        # Your implementation
        pass

    def estimate_cost(self, config):
        return Decimal('0.10')
"""
