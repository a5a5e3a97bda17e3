package components

// SortBy is a column's heading: the first click sorts up, the next one down, the third as at first.
// now is the order of the list: key, or key with a minus before it; link is the list's address with another value of sort.
func SortBy(now, key, label string, link func(pairs ...string) string) Sort {
	switch now {
	case key:
		return Sort{Label: label, URL: link("sort", "-"+key), Dir: "ascending"}
	case "-" + key:
		return Sort{Label: label, URL: link("sort", ""), Dir: "descending"}
	}
	return Sort{Label: label, URL: link("sort", key)}
}
