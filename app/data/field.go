package data

// Changed are the fields that differ, as the history keeps them; both lists have the same fields in the same order.
func Changed(before, after []Edited) []Field {
	var all []Field
	for i, b := range before {
		if a := after[i]; a.Shown != b.Shown {
			all = append(all, Field{Name: b.Name, Old: b.Shown, New: a.Shown})
		}
	}
	return all
}

// Flag is a field of an edit form that is ticked or not.
func Flag(name string, on bool) Edited {
	if on {
		return Edited{Name: name, Value: "1", Shown: "yes"}
	}
	return Edited{Name: name, Shown: "no"}
}

// Optional is an id as a column: nil for none.
func Optional(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

// OrZero is the id that a column holds, 0 for none.
func OrZero(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}
