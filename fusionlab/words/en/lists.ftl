# How the names of a list are set apart.
list-separator = { ", " }
list-and-more = { $names } and { $more } more
