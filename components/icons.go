package components

import "portal/assets"

// Icons are the names of all icons that Icon can draw, sorted.
func Icons() []string { return assets.Icons() }
