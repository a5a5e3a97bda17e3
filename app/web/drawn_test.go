package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"portal/components"
)

func drawnText(t *testing.T, s string) Drawn {
	t.Helper()
	d, err := Draw(context.Background(), templ.Raw(s))
	if err != nil {
		t.Fatal(err)
	}
	return DrawnFrom(d.Bytes())
}

// Whatever stands around and between pieces, the browser unpacks the page as it was drawn.
func TestDrawn_UnpacksToWhatWasDrawn(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	long := strings.Repeat("<li>a line of a long list</li>", 3000)
	noise := make([]byte, 70_000)
	for i := range noise {
		noise[i] = byte('!' + dice.IntN(90))
	}
	for _, parts := range [][]string{{""}, {"a"}, {"", "piece", ""}, {"<p>", long, "</p>", long, long}, {long, string(noise), "end", ""}, {"\x00", "a\x00token\x00b", "\x000\x00"}} {
		a := &assembly{}
		ctx := context.WithValue(context.Background(), piecesKey{}, a)
		var page bytes.Buffer
		for i, s := range parts {
			c := templ.Raw(s)
			if i%2 == 1 {
				c = drawnText(t, s)
			}
			if err := c.Render(ctx, &page); err != nil {
				t.Fatal(err)
			}
		}
		var b bytes.Buffer
		zip(&b, a.parts(page.Bytes()))
		r, err := gzip.NewReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.Join(parts, ""); string(got) != want {
			t.Errorf("%d bytes unpack to %d", len(want), len(got))
		}
	}
}

// Holes have each answer's own values, in pieces and in the frame around the page.
func TestDrawn_HasHoles(t *testing.T) {
	long := strings.Repeat("<li>long</li>", 500)
	frame := drawnText(t, "<title>"+components.Hole(components.TitleHole)+"</title>"+long+components.Hole(bodyHole)+"</html>")
	piece := drawnText(t, long+components.Hole("token")+"!")
	for range 2 {
		a := &assembly{around: &frame, holes: map[string]string{"token": "T0KEN", components.TitleHole: "A title"}}
		ctx := context.WithValue(context.Background(), piecesKey{}, a)
		var page, b bytes.Buffer
		page.WriteString("<b>")
		if err := piece.Render(ctx, &page); err != nil {
			t.Fatal(err)
		}
		page.WriteString(components.Hole("99") + components.Hole("token") + "\x000\x00\x00token\x00</b>") // marks that are nobody's, and text
		zip(&b, a.parts(page.Bytes()))
		r, err := gzip.NewReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if want := "<title>A title</title>" + long + "<b>" + long + "T0KEN!\x000\x00\x00token\x00</b></html>"; err != nil || string(got) != want {
			t.Errorf("%v: %s", err, got)
		}
	}
}

// Outside an answer a piece is drawn as it is.
func TestDrawn_StandsForItself(t *testing.T) {
	var b bytes.Buffer
	if err := drawnText(t, "<b>x</b>").Render(context.Background(), &b); err != nil || b.String() != "<b>x</b>" {
		t.Errorf("%q, %v", b.String(), err)
	}
}

func TestTakes_WhatIsNamedAndNotRefused(t *testing.T) {
	app := fiber.New()
	for accepts, want := range map[string]bool{
		"": false, "gzip": true, "br, GZIP": true, "gzip;q=0": false, "gzip; q=0.000": false, "gzip;q=0.5, *": true, "identity": false, "xgzip": false,
	} {
		c := app.AcquireCtx(&fasthttp.RequestCtx{})
		c.Request().Header.Set(fiber.HeaderAcceptEncoding, accepts)
		if got := Takes(c, "gzip"); got != want {
			t.Errorf("%q: %t", accepts, got)
		}
		app.ReleaseCtx(c)
	}
}
