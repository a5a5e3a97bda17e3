package weblinks

import (
	"net/http"
	"testing"
)

// What can be found is what each may see: nothing of another's own links, nor of those for other roles.
func TestFound_OnlyWhatOneMaySee(t *testing.T) {
	w := open(t)
	all := w.add("Mia Miller", linkForm{URL: "https://grafana.example.org/turbine", Name: "Turbine dashboard"})
	own := w.add("Mia Miller", linkForm{URL: "https://turbine.example.org/mine", Name: "My turbine", SeenBy: seenByMe})
	w.mia.Get("/search?q=turbine").Want(http.StatusOK, all.Path(), own.Path())
	w.otto.Get("/search?q=turbine").Want(http.StatusOK, all.Path()).Lacks("My turbine", own.Path()+"\"")
	w.otto.Get("/search?q=grafana").Want(http.StatusOK, all.Path())
	w.mia.Post(all.Path()+"/delete", nil).Want(made)
	w.otto.Get("/search?q=grafana").Want(http.StatusOK).Lacks(all.Path() + "\"")
	w.mia.Post(all.Path()+"/restore", nil).Want(made)
	w.otto.Get("/search?q=grafana").Want(http.StatusOK, all.Path())
}
