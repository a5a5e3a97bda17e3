package components_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	. "portal/components"
)

// charts are the pictures of figures: of nothing, of one point, of many, and with long words.
func charts() []state {
	chart := func(points int, long bool) Chart {
		c := Chart{
			ID: "flow", Title: "Flow", Text: "How many tasks were done at the end of each week.", First: "Week", Unit: "task", CSV: "/statistics.csv?chart=flow",
			Series: []Series{{Name: "Done", Tone: "green"}, {Name: "To do", Tone: "plaid"}},
		}
		for i := range points {
			c.Points = append(c.Points, fmt.Sprintf("%d Nov", i+1))
			c.Series[0].Values, c.Series[1].Values = append(c.Series[0].Values, float64(i*i)), append(c.Series[1].Values, 7.25)
		}
		if long {
			c.Title, c.CSV = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihung <und mehr>", ""
			c.Series[1].Name = "Rechtsschutzversicherungsgesellschaften, die noch nicht angeschrieben worden sind"
			c.Marks = []ChartMark{{Label: "Median 3.0 d", At: 0.4}, {Label: "Weit draußen", At: 7}}
		}
		return c
	}
	none := chart(3, false)
	none.Series, none.Empty = []Series{{Name: "Done", Values: []float64{0, 0, 0}}}, "No task was overdue."
	person := func(name string, open, late float64) Amount {
		return Amount{Label: name, URL: "/projects/1/list?assignee=1", Parts: []AmountPart{{Value: open}, {Value: late, Bad: true}, {Value: 1.5, Text: "1.5 h"}}}
	}
	list := AmountList{ID: "load", Title: "Load per person", Text: "Open tasks now.", First: "Person", Heads: []string{"Open", "Overdue", "Estimate"}}
	one, many := list, list
	one.Items, many.CSV = []Amount{{Label: "To do", Tone: "slate", Parts: []AmountPart{{Value: 3}}}}, "/statistics.csv?chart=load"
	many.Items = []Amount{person("Zoë Überstätter-von der Schulenburg <zoë>", 12, 3), person("Ben", 4, 0), {Label: "Nobody"}}
	return []state{
		{"bars/nothing", Bars(chart(0, false))}, {"bars/zeros", Bars(none)}, {"bars/one", Bars(chart(1, false))}, {"bars/many", Bars(chart(13, false))}, {"bars/long-words", Bars(chart(4, true))},
		{"stacks/one", Stacks(chart(1, false))}, {"stacks/many", Stacks(chart(13, false))},
		{"histogram/nothing", Histogram(chart(0, false))}, {"histogram/marked", Histogram(chart(11, true))},
		{"lines/nothing", Lines(chart(0, false))}, {"lines/one", Lines(chart(1, false))}, {"lines/many", Lines(chart(157, false))},
		{"areas/nothing", Areas(chart(0, false))}, {"areas/one", Areas(chart(1, false))}, {"areas/many", Areas(chart(13, true))},
		{"amounts/nothing", Amounts(list)}, {"amounts/one", Amounts(one)}, {"amounts/many", Amounts(many)},
	}
}

// A scale ends on a round number over what it shows, and never at nothing.
func TestChart_ScaleIsRoundAndHoldsAll(t *testing.T) {
	for most, want := range map[float64]string{0.5: ">4<", 4: ">4<", 5: ">8<", 6: ">8<", 9: ">12<", 11: ">12<", 37: ">40<", 41: ">60<", 99: ">100<", 101: ">120<", 7812: ">8000<"} {
		var b strings.Builder
		c := Chart{ID: "x", Title: "X", Points: []string{"a"}, Series: []Series{{Name: "A", Values: []float64{most}}}}
		if err := Bars(c).Render(t.Context(), &b); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%v is not under %s: %v", most, want, err)
		}
		for _, tick := range regexp.MustCompile(`dy="\.35em">([^<]*)<`).FindAllStringSubmatch(b.String(), -1) {
			if strings.Contains(tick[1], ".") {
				t.Errorf("%v: a tick says %s: there are no parts of tasks", most, tick[1])
			}
		}
	}
}

func TestChart_RowsAreItsTable(t *testing.T) {
	c := Chart{First: "Week", Points: []string{"1 Nov", "8 Nov"}, Series: []Series{{Name: "Done", Values: []float64{1, 2.5}}, {Name: "Late", Values: []float64{3}}}}
	if got := fmt.Sprint(c.Rows()); got != "[[Week Done Late] [1 Nov 1 3] [8 Nov 2.5 0]]" {
		t.Error(got)
	}
	l := AmountList{First: "Person", Heads: []string{"Open"}, Items: []Amount{{Label: "Ada", Parts: []AmountPart{{Value: 3}}}}}
	if got := fmt.Sprint(l.Rows()); got != "[[Person Open] [Ada 3]]" {
		t.Error(got)
	}
}
