"""What people see: forms, views, pictures and the pages around them."""
