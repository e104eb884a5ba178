"""What happens when somebody signs up: the user pool's triggers."""
