"""What a deployment is called with and what SAM makes of the templates; it runs on the machine that deploys."""
