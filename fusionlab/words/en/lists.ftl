# How the names of a list are set apart.
list-separator = { ", " }
