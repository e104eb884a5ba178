"""Images of products: uploads, inspection, removal."""
