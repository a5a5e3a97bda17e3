package bench

import (
	"slices"
	"testing"
	"time"
)

func TestNamed(t *testing.T) {
	const page = `<link rel="preload" href="/assets/fonts/a.woff2" as="font"><script src="/assets/js/app.js?a=1&amp;b=2"></script>` +
		`<svg><use href="/assets/img/icons.svg#home"></use></svg><a href="/projects">x</a><img src="https://elsewhere/x.png">`
	want := []string{"/assets/fonts/a.woff2", "/assets/js/app.js?a=1&b=2", "/assets/img/icons.svg"}
	if got := named(page); !slices.Equal(got, want) {
		t.Errorf("named %v", got)
	}
}

func TestNamedInCSS_TakesTheFontsThePageNeeds(t *testing.T) {
	const css = `@font-face { src: url("/latin.woff2"); unicode-range: U+0000-00FF, U+0131; }
		@font-face { src: url("/ext.woff2"); unicode-range: U+0100-02BA; }
		.x { background: url("/x.svg"); }`
	if got := namedInCSS(css, "Käse"); !slices.Equal(got, []string{"/latin.woff2", "/x.svg"}) {
		t.Errorf("a Latin page loads %v", got)
	}
	if got := namedInCSS(css, "Łódź"); !slices.Equal(got, []string{"/latin.woff2", "/ext.woff2", "/x.svg"}) {
		t.Errorf("a Polish page loads %v", got)
	}
}

func TestRank(t *testing.T) {
	all := []time.Duration{5, 1, 4, 2, 3}
	if middle(all) != 3 || rank(all, 0.99) != 5 || rank(nil, 0.5) != 0 {
		t.Errorf("the middle is %d, the last %d", middle(all), rank(all, 0.99))
	}
}

func TestDrop_LaysACardThatIsFreeBetweenTwoOfOneColumn(t *testing.T) {
	all := []card{{1, 1, 1, 1, false}, {2, 2, 1, 1, false}, {3, 3, 2, 1, true}, {4, 4, 2, 1, false}}
	column := map[string]string{"1": "1", "2": "1", "3": "2", "4": "2"}
	for i := range 200 {
		path, form := drop(all, i)
		moved, above, below := path[len("/tasks/"):len("/tasks/")+1], form.Get("after"), form.Get("before")
		if moved == "3" || moved == above || moved == below || column[above] != form.Get("status") || below != "0" && column[below] != form.Get("status") {
			t.Fatalf("%s %v", path, form)
		}
	}
}
