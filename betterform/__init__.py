"""betterform: the quote office of a company that runs its sales on monday.com."""
