package projects

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"portal/app/data"
)

// wordKey folds the name of a status or priority: In Progress, in_progress and IN-PROGRESS are one.
func wordKey(name string) string {
	return data.Fold(strings.NewReplacer("_", " ", "-", " ").Replace(name))
}

// wordName is an old name as people write it: "in_progress" becomes "In progress".
func wordName(name string) string {
	if strings.ContainsFunc(name, unicode.IsUpper) {
		return name
	}
	name = strings.TrimSpace(strings.ReplaceAll(name, "_", " "))
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}

// stages are where statuses stand, by how a word of their folded name begins, the surest first.
var stages = []struct {
	part  string
	stage Stage
}{
	{"cancel", StageCancelled}, {"rejected", StageCancelled}, {"abandon", StageCancelled}, {"dropped", StageCancelled},
	{"not started", StageTodo}, {"complete", StageDone}, {"done", StageDone}, {"closed", StageDone},
	{"finished", StageDone}, {"resolved", StageDone}, {"review", StageReview}, {"testing", StageReview}, {"approval", StageReview},
	{"todo", StageTodo}, {"to do", StageTodo}, {"open", StageTodo}, {"new", StageTodo}, {"backlog", StageTodo}, {"plan", StageTodo},
	{"progress", StageProgress}, {"active", StageProgress}, {"hold", StageProgress}, {"block", StageProgress}, {"wait", StageProgress},
}

// stageOf is the stage of a status by its name; known is false when the name says nothing.
func stageOf(name string) (stage Stage, known bool) {
	key := " " + wordKey(name)
	for _, s := range stages {
		if strings.Contains(key, " "+s.part) {
			return s.stage, true
		}
	}
	return StageTodo, false
}

// bootstrap are our tones for the colour words of the old portal.
var bootstrap = map[string]string{
	"primary": "blue", "secondary": "gray", "success": "green", "danger": "red", "warning": "amber", "info": "cyan", "dark": "slate", "light": "gray",
}

// hues are our tones by the angle at which each ends on the colour wheel, in degrees.
var hues = []struct {
	until float64
	tone  string
}{
	{14, "red"}, {35, "orange"}, {50, "amber"}, {68, "yellow"}, {100, "lime"}, {155, "green"}, {178, "teal"}, {200, "cyan"},
	{241, "blue"}, {256, "indigo"}, {268, "violet"}, {298, "purple"}, {340, "pink"}, {361, "red"},
}

// toneOf is our tone for a Bootstrap word or #rrggbb; ok is false for anything else.
func toneOf(colour string) (tone string, ok bool) {
	colour = strings.ToLower(strings.TrimSpace(colour))
	if t := bootstrap[colour]; t != "" {
		return t, true
	}
	hex, isHex := strings.CutPrefix(colour, "#")
	if len(hex) == 3 {
		hex = fmt.Sprintf("%c%c%c%c%c%c", hex[0], hex[0], hex[1], hex[1], hex[2], hex[2])
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if !isHex || len(hex) != 6 || err != nil {
		return "slate", false
	}
	r, g, b := float64(n>>16), float64(n>>8&0xff), float64(n&0xff)
	high, low := max(r, g, b), min(r, g, b)
	switch {
	case high-low < 30 && high < 100:
		return "slate", true
	case high-low < 30:
		return "gray", true
	}
	at := hue(r, g, b, high, high-low)
	for _, h := range hues {
		if at < h.until {
			return h.tone, true
		}
	}
	return "red", true
}

// hue is the colour's angle on the wheel, 0 to 360 degrees.
func hue(r, g, b, high, span float64) float64 {
	var at float64
	switch high {
	case r:
		at = (g - b) / span
	case g:
		at = (b-r)/span + 2
	default:
		at = (r-g)/span + 4
	}
	if at *= 60; at < 0 {
		at += 360
	}
	return at
}

// The statuses and priorities that every old portal was set up with, in the order of their ids from 1.
var (
	seedStatuses   = []string{"Not Started", "In Progress", "On Hold", "Completed", "Cancelled", "open", "active", "in_progress", "review", "completed", "cancelled"}
	seedPriorities = []string{"Low", "Medium", "High", "Critical", "low", "medium", "high", "critical"}
)
