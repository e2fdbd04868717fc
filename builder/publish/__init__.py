"""From rendered Markdown to a checked site. No imports here: the generator must start quickly."""
