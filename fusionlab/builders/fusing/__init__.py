"""Knowledge fusion in its parts: what sources expect is asked, stored, put together and learned."""
