"""What runs the platform on one machine. Nothing of it reaches AWS."""
