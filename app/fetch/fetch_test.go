package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestClient_AsksPublicAddressesOnly(t *testing.T) {
	c := New(nil)
	for address, may := range map[string]bool{
		"93.184.215.14": true, "2606:2800:220:1:248:1893:25c8:1946": true,
		"127.0.0.1": false, "127.9.9.9": false, "::1": false, "::ffff:127.0.0.1": false, "0.0.0.0": false, "::": false, "10.1.2.3": false, "172.16.0.1": false,
		"192.168.1.1": false, "169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false, "fd00::1": false, "100.64.0.1": false, "224.0.0.1": false, "ff02::1": false,
		"255.255.255.255": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "::7f00:1": false, "198.18.0.1": false, "fec0::1": false, "::ffff:169.254.169.254": false,
	} {
		if got := c.may(netip.MustParseAddr(address)); got != may {
			t.Errorf("%s may be asked: %v", address, got)
		}
	}
	if !New(networks("10.0.0.0/8")).may(netip.MustParseAddr("::ffff:10.1.2.3")) {
		t.Error("an allowed network may not be asked")
	}
}

// No name, notation or redirect reaches a server of this machine: it sees no connection.
func TestClient_ReachesNothingOfThisMachine(t *testing.T) {
	var seen atomic.Int64
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	inner := &http.Server{Handler: http.NotFoundHandler(), ConnState: func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			seen.Add(1)
		}
	}, ReadHeaderTimeout: time.Second}
	go func() { _ = inner.Serve(l) }()
	defer func() { _ = inner.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	c := New(nil)
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:7f00:1]", "0", "0.0.0.0", "[::]"} {
		if _, err := c.Get(context.Background(), "http://"+host+":"+port+"/"); err == nil {
			t.Errorf("%s is asked", host)
		}
	}
	for _, address := range []string{"http://2130706433:" + port, "http://127.1:" + port, "http://0x7f000001:" + port, "file:///etc/passwd", "gopher://127.0.0.1", "http://a:b@example.org/", "//", ""} {
		if _, err := c.Get(context.Background(), address); err == nil {
			t.Errorf("%s is asked", address)
		}
	}
	if seen.Load() != 0 {
		t.Errorf("%d connections", seen.Load())
	}
}

// here allows this machine's servers but for the second address, which stands for one that is not allowed.
func here() *Client { return New(networks("127.0.0.1/32")) }

func TestClient_LooksAtEveryRedirect(t *testing.T) {
	to := ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/ok" {
			_, _ = fmt.Fprint(w, "ok")
			return
		}
		http.Redirect(w, r, to, http.StatusFound)
	}))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	for _, to = range []string{"http://127.0.0.2:" + port + "/ok", "http://169.254.169.254/latest/meta-data/", "http://[::1]:" + port + "/ok", "file:///etc/passwd"} {
		if _, err := here().Get(context.Background(), s.URL); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", to, err)
		}
	}
	to = "/again"
	if _, err := here().Get(context.Background(), s.URL); err == nil || Said(err) != "It leads on too often." {
		t.Errorf("a circle: %v", err)
	}
	to = "/ok"
	a, err := here().Get(context.Background(), s.URL)
	if err != nil || string(a.Body) != "ok" || !strings.HasSuffix(a.URL, "/ok") {
		t.Errorf("%+v %v", a, err)
	}
}

func TestClient_FollowsNoProxyOfTheEnvironment(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:9")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "ok") }))
	defer s.Close()
	if _, err := here().Get(context.Background(), s.URL); err != nil {
		t.Error(err)
	}
}

func TestClient_ReadsAMegabyteAtMost(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 100 {
			_, _ = fmt.Fprint(w, strings.Repeat("x", 100_000))
		}
	}))
	defer s.Close()
	if a, err := here().Get(context.Background(), s.URL); err != nil || len(a.Body) != bytesMost {
		t.Errorf("%d bytes, %v", len(a.Body), err)
	}
}

func TestClient_WaitsNotForEver(t *testing.T) {
	end := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-end }))
	defer s.Close()
	defer close(end)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := here().Get(ctx, s.URL); err == nil || Said(err) != "It did not answer in time." {
		t.Errorf("%v", err)
	}
}

func TestTitle_IsOneLineOfText(t *testing.T) {
	for page, want := range map[string]string{
		"<title> A\n  page &amp; more </title>": "A page & more", "<p>none": "", "<title></title>": "", "<svg><title>inner": "inner", "<TITLE>B</TITLE>": "B",
		"<title>" + strings.Repeat("x", 300): strings.Repeat("x", 200), "<title>a\u202eb\x01c</title>": "abc", "<title><script>alert(1)</script></title>": "<script>alert(1)</script>",
	} {
		if got := Title(Answer{Status: 200, Kind: "text/html", Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, Body: []byte(page)}); got != want {
			t.Errorf("%q is called %q, not %q", page, got, want)
		}
	}
	if got := Title(Answer{Status: 200, Kind: "text/html", Header: http.Header{}, Body: []byte("<meta charset=iso-8859-1><title>K\xf6ln</title>")}); got != "Köln" {
		t.Errorf("Latin-1 is read as %q", got)
	}
	if got := Title(Answer{Status: 404, Kind: "text/html", Body: []byte("<title>Not found")}); got != "" {
		t.Errorf("an error page gives %q", got)
	}
}
