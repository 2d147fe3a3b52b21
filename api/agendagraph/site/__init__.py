"""What people read: pages, and networks over HTTP."""
