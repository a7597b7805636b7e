# What several components say.

and-next = ,{" "}
