"""What the lab's captures measure about causes that look alike; see docs/look-alikes.md."""
