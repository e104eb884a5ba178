"""Pictures of products: uploaded, checked, shown."""
