package components

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Chart is figures as a picture and as the table of the same figures.
type Chart struct {
	ID     string // of the element, once on the page: "flow"
	Title  string
	Text   string   // what the picture shows, in a sentence; screen readers read it as its description
	First  string   // what the points are, the head of the table's first column: "Week"
	Points []string // one label a point, from left to right: "2 Nov"
	Series []Series
	Unit   string      // of the figures, in the singular, for tips: "task"; empty for none
	Marks  []ChartMark // lines over the points: the median
	CSV    string      // where the table can be downloaded; empty for nowhere
	Empty  string      // said when there is nothing to show; a usual sentence when empty
	Top    float64     // the least that the scale reaches; 0 for as far as the figures do
}

// Series is one row of figures, one for each point.
type Series struct {
	Name   string
	Tone   string // a colour of Tones
	Values []float64
}

// ChartMark is a line across the points, at a place between 0, the left edge, and 1.
type ChartMark struct {
	Label string
	At    float64
}

// The picture's own measures; the page stretches them.
const chartSize = 1000

// shown reports whether there is any figure that is not zero.
func (c Chart) shown() bool {
	for _, s := range c.Series {
		for _, v := range s.Values {
			if v != 0 {
				return len(c.Points) > 0
			}
		}
	}
	return false
}

func (c Chart) empty() string {
	if c.Empty == "" {
		return "There is nothing to show for this period yet."
	}
	return c.Empty
}

func (s Series) at(i int) float64 {
	if i < len(s.Values) {
		return s.Values[i]
	}
	return 0
}

// below is the sum of the series before the n-th at a point.
func (c Chart) below(n, point int) float64 {
	sum := 0.0
	for _, s := range c.Series[:n] {
		sum += s.at(point)
	}
	return sum
}

// top is where the scale ends, a round number over all that is drawn.
func (c Chart) top(stacked bool) float64 {
	most := c.Top
	for i := range c.Points {
		if stacked {
			most = max(most, c.below(len(c.Series), i))
			continue
		}
		for _, s := range c.Series {
			most = max(most, s.at(i))
		}
	}
	return roundUp(most)
}

// roundUp is the next number over most whose quarters are whole and round, so that ticks count tasks and not parts of them.
func roundUp(most float64) float64 {
	quarter := max(1, most/4)
	size := math.Pow(10, math.Floor(math.Log10(quarter)))
	for _, step := range []float64{1, 1.5, 2, 2.5, 3, 4, 5} {
		if q := step * size; q >= quarter && q == math.Trunc(q) {
			return 4 * q
		}
	}
	return 40 * size
}

// chartTick is a line across the picture.
type chartTick struct {
	label string
	y     string // from the top, in percent
	line  string // the same in the picture's measure
}

func chartTicks(top float64) []chartTick {
	var all []chartTick
	for i := range 5 {
		share := float64(i) / 4
		all = append(all, chartTick{figure(top * (1 - share)), percentOf(share), coordinate(share * chartSize)})
	}
	return all
}

// figure is a number as tables and scales show it: with one digit behind the point when it has any.
func figure(v float64) string {
	if v == math.Trunc(v) {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

func coordinate(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

func percentOf(share float64) string { return coordinate(share*100) + "%" }

// chartBox is a bar.
type chartBox struct{ x, y, width, height, class, tip string }

// bars are those of all series, side by side or one upon the other.
func (c Chart) bars(stacked bool) []chartBox {
	top := c.top(stacked)
	slot := float64(chartSize) / float64(max(1, len(c.Points)))
	room := slot * 0.76
	if len(c.Points) == 1 {
		room = slot * 0.2
	}
	var all []chartBox
	for i, point := range c.Points {
		for n, s := range c.Series {
			v := s.at(i)
			if v <= 0 {
				continue
			}
			b := chartBox{class: c.class(n, "chart-bar"), tip: point + ", " + s.Name + ": " + c.said(v)}
			width, left, from := room, float64(i)*slot+(slot-room)/2, 0.0
			if stacked {
				from = c.below(n, i)
			} else {
				width = room / float64(len(c.Series))
				left += width * float64(n)
			}
			b.x, b.width = coordinate(left), coordinate(width)
			b.y, b.height = coordinate(chartSize*(1-(from+v)/top)), coordinate(chartSize*v/top)
			all = append(all, b)
		}
	}
	return all
}

func (c Chart) class(n int, kind string) string {
	return fmt.Sprintf("%s chart-series-%d %s", kind, n%6, tone(c.Series[n].Tone))
}

func (c Chart) said(v float64) string {
	if c.Unit == "" {
		return figure(v)
	}
	if v == 1 {
		return "1 " + c.Unit
	}
	return figure(v) + " " + strings.TrimPrefix(plural(2, c.Unit), "2 ")
}

// chartCurve is a line or an area.
type chartCurve struct{ points, class, tip string }

// x is where the point stands.
func (c Chart) x(i int) float64 {
	if len(c.Points) == 1 {
		return chartSize / 2
	}
	return float64(i) * chartSize / float64(len(c.Points)-1)
}

// lines are the points of each series, from left to right; a single point is a line of its own height.
func (c Chart) lines() []chartCurve {
	top := c.top(false)
	var all []chartCurve
	for n, s := range c.Series {
		var at []string
		for i := range c.Points {
			y := coordinate(chartSize * (1 - s.at(i)/top))
			at = append(at, coordinate(c.x(i))+","+y)
			if len(c.Points) == 1 {
				at = []string{"0," + y, coordinate(chartSize) + "," + y}
			}
		}
		all = append(all, chartCurve{strings.Join(at, " "), c.class(n, "chart-line"), s.Name})
	}
	return all
}

// areas are the series one upon the other, the last on top.
func (c Chart) areas() []chartCurve {
	top := c.top(true)
	var all []chartCurve
	for n, s := range c.Series {
		var upper, lower []string
		for i := range c.Points {
			from := c.below(n, i)
			x, high, low := coordinate(c.x(i)), coordinate(chartSize*(1-(from+s.at(i))/top)), coordinate(chartSize*(1-from/top))
			if len(c.Points) == 1 {
				upper, lower = []string{"0," + high, "1000," + high}, []string{"1000," + low, "0," + low}
				break
			}
			upper = append(upper, x+","+high)
			lower = append([]string{x + "," + low}, lower...)
		}
		all = append(all, chartCurve{strings.Join(append(upper, lower...), " "), c.class(n, "chart-area"), s.Name})
	}
	return all
}

// chartLabel stands below the picture.
type chartLabel struct{ text, x, anchor string }

// labels are as many of the points' labels as there is room for, six at most, and four long ones. Those of bars stand
// in their middle.
func (c Chart) labels(bars bool) []chartLabel {
	most := 6
	for _, p := range c.Points {
		if utf8.RuneCountInString(p) > 8 {
			most = 4
		}
	}
	step := max(1, (len(c.Points)+most-1)/most)
	var all []chartLabel
	for i := 0; i < len(c.Points); i += step {
		share := 0.5
		if len(c.Points) > 1 {
			share = float64(i) / float64(len(c.Points)-1)
		}
		if bars {
			share = (float64(i) + 0.5) / float64(len(c.Points))
		}
		anchor := "middle"
		if share < 0.05 {
			anchor = "start"
		} else if share > 0.95 {
			anchor = "end"
		}
		all = append(all, chartLabel{c.Points[i], percentOf(share), anchor})
	}
	return all
}

func (m ChartMark) line() string { return coordinate(min(1, max(0, m.At)) * chartSize) }

// Rows is the chart's table, its heads first, as a file has it.
func (c Chart) Rows() [][]string {
	head := []string{c.First}
	for _, s := range c.Series {
		head = append(head, s.Name)
	}
	all := [][]string{head}
	for i, p := range c.Points {
		row := []string{p}
		for _, s := range c.Series {
			row = append(row, figure(s.at(i)))
		}
		all = append(all, row)
	}
	return all
}
