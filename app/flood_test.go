package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/feature"
)

// A form that asks for the password comes back with all its fields: of a megabyte of empty ones that would be a page
// of thirty.
func TestS53_AFormOfHalfAMillionFieldsDoesNotComeBack(t *testing.T) {
	v := &vault{}
	p := apptest.With(t, apptest.Options{Features: []feature.New{v.feature}})
	b := p.As("Ada", "user")
	b.Get("/vault/").Want(http.StatusOK)
	p.Clock.Add(11 * time.Minute)
	h := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	a := b.Do(apptest.Request{Method: http.MethodPost, Path: "/vault/open", Body: "_csrf=" + b.Token() + strings.Repeat("&a", 500_000), Header: h})
	if a.Status != http.StatusRequestEntityTooLarge || len(a.Body) > 100_000 {
		t.Errorf("%d, %d bytes", a.Status, len(a.Body))
	}
	b.Post("/vault/open", apptest.Form("a", "1")).Want(http.StatusForbidden, "Nothing has been changed yet")
	if len(v.got) > 0 {
		t.Error("the door was opened")
	}
}
