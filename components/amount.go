package components

// Amount is a line of a list of amounts.
type Amount struct {
	Label string
	URL   string       // where these are listed; empty for nowhere
	Tone  string       // a colour of Tones; empty for the portal's own
	Parts []AmountPart // one for each head
}

// AmountPart is a figure of an amount.
type AmountPart struct {
	Value float64
	Text  string // as it is shown; the value when empty
	Bad   bool   // a figure that should be zero
}

func (p AmountPart) text() string {
	if p.Text == "" {
		return figure(p.Value)
	}
	return p.Text
}

// AmountList is amounts with a bar for the first figure of each: what is picture and table at once.
type AmountList struct {
	ID, Title, Text string
	First           string   // head of the labels: "Person"
	Heads           []string // of the figures
	Items           []Amount
	CSV             string
	Empty           string
}

func (l AmountList) share(a Amount) string {
	most := 0.0
	for _, i := range l.Items {
		if len(i.Parts) > 0 {
			most = max(most, i.Parts[0].Value)
		}
	}
	if most == 0 || len(a.Parts) == 0 {
		return "0"
	}
	return coordinate(100 * a.Parts[0].Value / most)
}

func (l AmountList) chart() Chart {
	return Chart{ID: l.ID, Title: l.Title, Text: l.Text, CSV: l.CSV, Empty: l.Empty}
}

// Rows is the list as a table, its heads first, as a file has it.
func (l AmountList) Rows() [][]string {
	all := [][]string{append([]string{l.First}, l.Heads...)}
	for _, a := range l.Items {
		row := []string{a.Label}
		for _, p := range a.Parts {
			row = append(row, p.text())
		}
		all = append(all, row)
	}
	return all
}
