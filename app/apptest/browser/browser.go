// Package browser drives headless Chromium through a portal under test. Its tests have the build tag "browser".
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"portal/app/apptest"
)

// patience is how long one step may take.
const patience = time.Minute

// Tab is a page of a Chromium of its own. Every step that fails ends the test with what it was doing.
type Tab struct {
	t    testing.TB
	ctx  context.Context
	base string // the portal's address, without a slash at the end

	mu    sync.Mutex
	wrong []string // what the console complained of
}

// Open starts Chromium, on a blank page, for a portal under test. It ends with the test.
func Open(t testing.TB, p *apptest.Portal) *Tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
	)
	allocated, stopAll := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocated)
	t.Cleanup(func() {
		stop()
		stopAll()
	})
	tab := &Tab{t: t, ctx: ctx, base: "http://" + p.Addr()} // a loopback address: Chromium trusts it as it does HTTPS
	chromedp.ListenTarget(ctx, tab.listen)
	tab.Do("start Chromium", log.Enable(), runtime.Enable(), emulation.SetFocusEmulationEnabled(true), chromedp.EmulateViewport(1440, 900))
	return tab
}

// listen keeps what the console says is wrong.
func (b *Tab) listen(event any) {
	said := ""
	switch e := event.(type) {
	case *page.EventJavascriptDialogOpening: // "leave this page?": yes
		go func() { _ = chromedp.Run(b.ctx, page.HandleJavaScriptDialog(true)) }()
	case *runtime.EventExceptionThrown:
		said = e.ExceptionDetails.Error()
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
			for _, a := range e.Args {
				said += string(a.Value) + a.Description + " "
			}
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError || e.Entry.Source == log.SourceSecurity {
			said = e.Entry.Text + " " + e.Entry.URL
		}
	}
	if said != "" {
		b.mu.Lock()
		b.wrong = append(b.wrong, said)
		b.mu.Unlock()
	}
}

// Clean fails the test if the console complained of anything since the last time, but for what is expected.
func (b *Tab) Clean(expected ...string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, said := range b.wrong {
		known := false
		for _, e := range expected {
			known = known || strings.Contains(said, e)
		}
		if !known {
			b.t.Errorf("the browser's console says: %s", said)
		}
	}
	b.wrong = nil
}

// Do runs steps of chromedp.
func (b *Tab) Do(what string, steps ...chromedp.Action) {
	b.t.Helper()
	if err := b.run(steps...); err != nil {
		var at, text string
		_ = b.run(chromedp.Location(&at), chromedp.Evaluate(`document.body ? document.body.innerText.slice(0, 2000) : ""`, &text))
		b.t.Fatalf("%s: %v\nat %s:\n%s", what, err, at, text)
	}
}

// run runs the steps; the tab's first ones outlive their deadline, since Chromium is bound to their context.
func (b *Tab) run(steps ...chromedp.Action) error {
	if chromedp.FromContext(b.ctx).Target == nil {
		return chromedp.Run(b.ctx, steps...)
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, steps...)
}

// Go opens an address of the portal.
func (b *Tab) Go(path string) {
	b.t.Helper()
	b.leave("go to "+path, chromedp.Navigate(b.base+path))
}

// leave does what leads to another page, and waits until that one is there.
func (b *Tab) leave(what string, do chromedp.Action) {
	b.t.Helper()
	b.Do(what, chromedp.Evaluate("window.left = true", nil), do, until(`!window.left && document.readyState === "complete"`))
}

// until waits for a script to say true; between two pages, where nothing can run, it goes on waiting.
func until(script string) chromedp.Action {
	return step(func(ctx context.Context) error {
		for {
			var yes bool
			err := chromedp.Evaluate(script, &yes).Do(ctx)
			if err == nil && yes {
				return nil
			}
			select {
			case <-ctx.Done():
				return errors.Join(ctx.Err(), err)
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
}

// clickScript says whether a pointer could click what the selector finds first: shown, under nothing else, at rest.
const clickScript = `(() => {
	const el = document.querySelector(%[1]q);
	if (!el) return false;
	el.scrollIntoView({block: "nearest", inline: "nearest", behavior: "instant"});
	const r = el.getBoundingClientRect();
	const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
	if (!top || !el.contains(top)) return false;
	const at = [%[1]q, r.x, r.y].join(" "), rests = window.seenAt === at;
	window.seenAt = at;
	return rests;
})()`

// Click clicks what the CSS selector finds first, once it can be clicked.
func (b *Tab) Click(selector string) {
	b.t.Helper()
	b.Quiet()
	b.Do("click "+selector, b.click(selector))
}

// click is a click of the mouse in the middle of the element: it has the focus afterwards, if it can.
func (b *Tab) click(selector string) chromedp.Action {
	return step(func(ctx context.Context) error {
		if err := until(fmt.Sprintf(clickScript, selector)).Do(ctx); err != nil {
			return err
		}
		var at point
		where := fmt.Sprintf(`(() => { const r = document.querySelector(%q).getBoundingClientRect(); return {X: r.x + r.width / 2, Y: r.y + r.height / 2} })()`, selector)
		if err := chromedp.Evaluate(where, &at).Do(ctx); err != nil {
			return err
		}
		return chromedp.MouseClickXY(at.X, at.Y).Do(ctx)
	})
}

// Press is Click on what leads to another page, and waits for that page.
func (b *Tab) Press(selector string) {
	b.t.Helper()
	b.Quiet()
	b.leave("press "+selector, b.click(selector))
}

// Fill puts a text into a field, in place of what stands there.
func (b *Tab) Fill(selector, text string) {
	b.t.Helper()
	b.Do("fill "+selector, chromedp.WaitVisible(selector, chromedp.ByQuery),
		chromedp.Evaluate(fmt.Sprintf("document.querySelector(%q).value = ''", selector), nil),
		chromedp.SendKeys(selector, text, chromedp.ByQuery))
}

// Wait waits until something of that selector is to be seen.
func (b *Tab) Wait(selector string) {
	b.t.Helper()
	b.Do("wait for "+selector, until(fmt.Sprintf("document.querySelector(%q)?.checkVisibility() === true", selector)))
}

// WaitText waits until the text stands somewhere on the page.
func (b *Tab) WaitText(text string) {
	b.t.Helper()
	b.Until(fmt.Sprintf("document.body.innerText.includes(%q)", text))
}

// Eval runs JavaScript on the page and gives its value, whatever the page's policy says.
func Eval[T any](b *Tab, script string) T {
	b.t.Helper()
	var v T
	b.Do("run "+script, chromedp.Evaluate(script, &v, func(p *runtime.EvaluateParams) *runtime.EvaluateParams {
		return p.WithAwaitPromise(true)
	}))
	return v
}

// Text is what the selector's first find says.
func (b *Tab) Text(selector string) string {
	b.t.Helper()
	var s string
	b.Do("read "+selector, chromedp.Text(selector, &s, chromedp.ByQuery))
	return s
}

// Path is where the tab is, without the portal's address.
func (b *Tab) Path() string {
	b.t.Helper()
	return Eval[string](b, "location.pathname + location.search")
}

// SignIn signs in by the form; the account is one of apptest.Portal.Person.
func (b *Tab) SignIn(username string) {
	b.t.Helper()
	b.Go("/login")
	b.Fill("#f-name", username)
	b.Fill("#f-password", apptest.Password)
	b.Press("main form button.button-main")
	b.Wait(".person-menu")
}

// Look makes the window of a width in pixels, and the system light or dark.
func (b *Tab) Look(width int64, theme string) {
	b.t.Helper()
	b.Do("look", chromedp.EmulateViewport(width, 900), emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}))
	Eval[any](b, `new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))
		.then(() => Promise.allSettled(document.getAnimations().map((a) => a.finished))).then(() => null)`)
}

// looks are how every page is looked at: each width and each theme once, since what a page is on a phone does not follow
// from its colours, and every one of them costs the walk over all pages minutes.
var looks = []struct {
	width int64
	theme string
}{{360, "dark"}, {1440, "light"}}

// EachLook calls do at 360 pixels in dark and at 1440 in light, and leaves the tab wide and light.
func (b *Tab) EachLook(do func(look string)) {
	b.t.Helper()
	for _, l := range looks {
		b.Look(l.width, l.theme)
		do(fmt.Sprintf("%s-%d", l.theme, l.width))
	}
}

// Check looks at the page in every look: nothing axe-core calls serious, nothing wider than the window.
// With PORTAL_SCREENSHOTS set, pictures go to that folder.
func (b *Tab) Check(name string) {
	b.t.Helper()
	b.EachLook(func(look string) {
		b.axe(name + " " + look)
		b.sizes(name + " " + look)
		if wide := Eval[int](b, "document.documentElement.scrollWidth - window.innerWidth"); wide > 0 {
			b.t.Errorf("%s %s: the page is %d pixels wider than the window", name, look, wide)
		}
		if folder := os.Getenv("PORTAL_SCREENSHOTS"); folder != "" {
			b.Picture(filepath.Join(folder, name+"-"+look+".png"))
		}
	})
	b.Clean()
}

// Picture writes the whole page to a PNG file.
func (b *Tab) Picture(file string) {
	b.t.Helper()
	var raw []byte
	b.Do("picture", step(func(ctx context.Context) error {
		var err error
		raw, err = page.CaptureScreenshot().WithCaptureBeyondViewport(false).Do(ctx)
		return err
	}))
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// violation is a finding of axe-core.
type violation struct {
	ID     string
	Impact string // minor, moderate, serious, critical
	Help   string
	Nodes  []struct {
		HTML           string
		FailureSummary string
	}
}

// axe fails the test for any finding, however small.
func (b *Tab) axe(name string) {
	b.t.Helper()
	if !Eval[bool](b, `typeof axe !== "undefined"`) {
		b.Do("load axe-core", chromedp.Evaluate(apptest.Axe+";0", nil))
	}
	found := Eval[[]violation](b, `axe.run(document, {resultTypes: ["violations"]}).then((r) => r.violations.map((v) => ({
		ID: v.id, Impact: v.impact, Help: v.help, Nodes: v.nodes.map((n) => ({HTML: n.html, FailureSummary: n.failureSummary}))})))`)
	for _, v := range found {
		for _, n := range v.Nodes {
			b.t.Errorf("%s: axe finds %s (%s): %s\n%s\n%s", name, v.ID, v.Impact, v.Help, n.HTML, n.FailureSummary)
		}
	}
}

// small is a JavaScript expression: what can be pressed and is too small for a finger, and what is cut off. Links
// within a text, and fields that cannot be seen, need no size. https://www.w3.org/TR/WCAG22/#target-size-minimum
const small = `Array.from(document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")).filter((e) => {
	if (!e.checkVisibility({opacityProperty: true, visibilityProperty: true}) || e.closest("p, .history-line, .line, .markdown, .only-read, .skip, dialog:not([open])")) return false;
	const r = (e.closest("label") || e).getBoundingClientRect();
	return r.width > 0 && (r.width < 24 || r.height < 24);
}).map((e) => "too small: " + e.outerHTML.slice(0, 160)).concat(
Array.from(document.querySelectorAll("h1, h2, .button, .tab, .field-label, .menu-item, .empty-text, .toast-text, .notice")).filter((e) =>
	e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible").map((e) => "cut off: " + e.outerHTML.slice(0, 160)))`

// sizes fails the test for what is too small to be pressed, or cut off.
func (b *Tab) sizes(name string) {
	b.t.Helper()
	for _, said := range Eval[[]string](b, small) {
		b.t.Errorf("%s: %s", name, said)
	}
}

// step is a function as a step of chromedp.
func step(do func(context.Context) error) chromedp.Action { return chromedp.ActionFunc(do) }
