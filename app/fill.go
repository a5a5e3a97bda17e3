package app

import (
	"context"

	"portal/app/demo"
	"portal/app/legacy"
)

// FillDemo fills an empty portal with a department. // merged from the demo branch
func (p *Portal) FillDemo(context.Context, demo.Options, func(done, all int)) (demo.Summary, error) {
	return demo.Summary{}, nil
}

// ImportLegacy brings over the old portal. // merged from the legacy branch
func (p *Portal) ImportLegacy(context.Context, string, legacy.Options, func(step string, done, all int)) (*legacy.Report, error) {
	return &legacy.Report{}, nil
}
