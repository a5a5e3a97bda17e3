package browser

import (
	"context"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// beat is how often a condition is asked about.
const beat = 20 * time.Millisecond

// Until waits until the JavaScript expression holds, over a change of page too.
func (b *Tab) Until(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		var holds bool
		if err := b.run(chromedp.Evaluate("!!("+expression+")", &holds)); err == nil && holds {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			b.Do("wait until "+expression, step(func(context.Context) error { return ctx.Err() }))
		}
	}
}

// Gone waits until nothing of that selector is on the page.
func (b *Tab) Gone(selector string) {
	b.t.Helper()
	b.Until(fmt.Sprintf("!document.querySelector(%q)", selector))
}

// Quiet waits until htmx waits for no answer and has put the last one in its place.
func (b *Tab) Quiet() {
	b.t.Helper()
	b.Until(`!document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling")`)
}

// At waits until the tab is at that path with its query.
func (b *Tab) At(path string) {
	b.t.Helper()
	b.Until(fmt.Sprintf("location.pathname + location.search === %q && document.readyState === 'complete'", path))
}

// Focused waits until the focus is on something of that selector.
func (b *Tab) Focused(selector string) {
	b.t.Helper()
	b.Until(fmt.Sprintf("document.activeElement && document.activeElement.matches(%q)", selector))
}

// Choose picks the option whose label begins so.
func (b *Tab) Choose(selector, label string) {
	b.t.Helper()
	b.Wait(selector)
	b.Quiet()
	ok := Eval[bool](b, fmt.Sprintf(`(() => {
		const s = document.querySelector(%q), o = Array.from(s.options).find((o) => o.text.startsWith(%q));
		if (!o) return false;
		s.focus(); s.value = o.value;
		s.dispatchEvent(new Event("input", {bubbles: true})); s.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`, selector, label))
	if !ok {
		b.t.Fatalf("%s has no option %q", selector, label)
	}
}

// Keys types keys into what has the focus; names are of chromedp's package kb.
func (b *Tab) Keys(keys string) {
	b.t.Helper()
	b.press(keys, 0)
}

// Chord types a key while Ctrl or Shift is held: input.ModifierCtrl.
func (b *Tab) Chord(with input.Modifier, key string) {
	b.t.Helper()
	b.press(key, with)
}

// press sends each key as a keyboard does: what the page prevents on key-down is not typed.
func (b *Tab) press(keys string, with input.Modifier) {
	b.t.Helper()
	for _, r := range keys {
		var steps []chromedp.Action
		events := kb.Encode(r)
		for i, e := range events {
			if e.Type == input.KeyChar {
				continue
			}
			e.Modifiers |= with
			if i+1 < len(events) && events[i+1].Type == input.KeyChar && with != input.ModifierCtrl {
				e.Type, e.Text, e.UnmodifiedText = input.KeyDown, events[i+1].Text, events[i+1].UnmodifiedText
			}
			steps = append(steps, e)
		}
		b.Do("type "+string(r), steps...)
	}
}

// Script turns the page's own JavaScript off, as of the next page.
func (b *Tab) Script(on bool) {
	b.t.Helper()
	b.Do("switch JavaScript", emulation.SetScriptExecutionDisabled(!on))
}

// Back goes back in the tab's history.
func (b *Tab) Back() {
	b.t.Helper()
	Eval[any](b, "history.back()")
}

// point is a place in the window, in pixels.
type point struct{ X, Y float64 }

// place is a point of the element: x and y are parts of its width and height, 0 to 1.
func (b *Tab) place(selector string, x, y float64) point {
	b.t.Helper()
	b.Wait(selector)
	return Eval[point](b, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.scrollIntoView({block: "nearest", inline: "nearest", behavior: "instant"});
		const r = e.getBoundingClientRect();
		return {X: r.left + r.width * %f, Y: r.top + r.height * %f};
	})()`, selector, x, y))
}

// way is the points from one to another; the last two are the end itself.
func way(from, to point) []point {
	const steps = 8
	var all []point
	for i := 1; i <= steps; i++ {
		part := float64(i) / steps
		all = append(all, point{from.X + (to.X-from.X)*part, from.Y + (to.Y-from.Y)*part})
	}
	return append(all, to)
}

// Drag takes a card with the mouse and lets it go above another, or in a column.
// Chromium hands a drag over to the desktop, which a headless one has not: it is caught and played by hand.
func (b *Tab) Drag(card, onto string) {
	b.t.Helper()
	b.Lift(card, onto)()
}

// Lift is Drag up to letting go, which the function it gives does.
func (b *Tab) Lift(card, onto string) (drop func()) {
	b.t.Helper()
	end, start := b.over(onto), b.place(card, .5, .5)
	caught := make(chan *input.DragData, 1)
	listening, stop := context.WithCancel(b.ctx)
	defer stop()
	chromedp.ListenTarget(listening, func(event any) {
		if e, ok := event.(*input.EventDragIntercepted); ok {
			caught <- e.Data
		}
	})
	mouse := func(kind input.MouseType, at point) chromedp.Action {
		return input.DispatchMouseEvent(kind, at.X, at.Y).WithButton(input.Left).WithButtons(1).WithClickCount(1)
	}
	b.Do("lift "+card, input.SetInterceptDrags(true),
		input.DispatchMouseEvent(input.MouseMoved, start.X, start.Y), mouse(input.MousePressed, start),
		mouse(input.MouseMoved, point{start.X + 4, start.Y + 4}), mouse(input.MouseMoved, point{start.X + 12, start.Y + 12}))
	var held *input.DragData
	b.Do("drag "+card, step(func(ctx context.Context) error {
		select {
		case held = <-caught:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}))
	over := func(kind input.DispatchDragEventType, at point) chromedp.Action {
		return input.DispatchDragEvent(kind, at.X, at.Y, held)
	}
	b.Do("drag into the page", over(input.DragEnter, start))
	b.rest(card, onto, start, end, func(at point) chromedp.Action { return over(input.DragOver, at) })
	return func() {
		b.t.Helper()
		b.Do("drop on "+onto, over(input.Drop, end), input.SetInterceptDrags(false),
			input.DispatchMouseEvent(input.MouseReleased, end.X, end.Y).WithButton(input.Left).WithClickCount(1))
	}
}

// Pull takes an element with the mouse, moves it sideways by so many pixels, and lets it go: what follows the pointer by itself, and is no drag of the browser's.
func (b *Tab) Pull(selector string, by float64) {
	b.t.Helper()
	from := b.place(selector, .5, .5)
	to := point{from.X + by, from.Y}
	mouse := func(kind input.MouseType, at point) chromedp.Action {
		return input.DispatchMouseEvent(kind, at.X, at.Y).WithButton(input.Left).WithButtons(1).WithClickCount(1)
	}
	steps := []chromedp.Action{input.DispatchMouseEvent(input.MouseMoved, from.X, from.Y), mouse(input.MousePressed, from)}
	for _, at := range way(from, to) {
		steps = append(steps, mouse(input.MouseMoved, at))
	}
	b.Do("pull "+selector, append(steps, input.DispatchMouseEvent(input.MouseReleased, to.X, to.Y).WithButton(input.Left).WithClickCount(1))...)
}

// over is where to let go: at the upper edge of a card, or in the middle of a column.
func (b *Tab) over(onto string) point {
	b.t.Helper()
	y := .1
	if Eval[bool](b, fmt.Sprintf("document.querySelector(%q).matches('[data-board-column]')", onto)) {
		y = .5
	}
	return b.place(onto, .5, y)
}

// rest moves from one point to another and stays there, as a hand that is never quite still, until the card lies there.
func (b *Tab) rest(card, onto string, from, to point, move func(point) chromedp.Action) {
	b.t.Helper()
	for _, at := range way(from, to) {
		b.Do("drag over "+onto, move(at))
	}
	there := fmt.Sprintf("document.querySelector(%[2]q).querySelector(%[1]q) || document.querySelector(%[2]q).previousElementSibling?.matches(%[1]q)", card, onto)
	ends := time.Now().Add(patience)
	for shake := 1.0; !Eval[bool](b, "!!("+there+")"); shake = -shake {
		b.Do("rest over "+onto, move(point{to.X + shake, to.Y}))
		if time.Now().After(ends) {
			b.t.Fatalf("%s does not come to lie at %s", card, onto)
		}
	}
}

// Touch makes the window one of a phone that is touched.
func (b *Tab) Touch() {
	b.t.Helper()
	b.Do("touch", emulation.SetTouchEmulationEnabled(true).WithMaxTouchPoints(1),
		emulation.SetEmitTouchEventsForMouse(false), chromedp.EmulateViewport(820, 900, chromedp.EmulateTouch, chromedp.EmulateMobile))
}

// DragByTouch is Drag with a finger, which rests on the card until that is in the hand: until there is something of
// the selector held.
func (b *Tab) DragByTouch(card, held, onto string) {
	b.t.Helper()
	end, start := b.over(onto), b.place(card, .5, .5)
	at := func(p point) []*input.TouchPoint { return []*input.TouchPoint{{X: p.X, Y: p.Y}} }
	b.Do("touch "+card, input.DispatchTouchEvent(input.TouchStart, at(start)))
	b.Wait(held)
	b.rest(card, onto, start, end, func(p point) chromedp.Action { return input.DispatchTouchEvent(input.TouchMove, at(p)) })
	b.Do("let go over "+onto, input.DispatchTouchEvent(input.TouchEnd, []*input.TouchPoint{}))
}
