"""Cases and evaluations of prompts."""
