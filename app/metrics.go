package app

import (
	"crypto/subtle"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"portal/app/fault"
)

// metrics are the figures of this process, for Prometheus.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry()}
	m.requests = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "portal_request_seconds", Help: "Time to answer, by route and status.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, 1, 5},
	}, []string{"route", "status"})
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// count keeps one answer. Routes are named by their pattern: addresses would be without end.
func (m *metrics) count(c *fiber.Ctx, took time.Duration) {
	m.requests.WithLabelValues(strings.Clone(c.Route().Path), strconv.Itoa(c.Response().StatusCode())).Observe(took.Seconds())
}

// showMetrics answers to this machine, and elsewhere to who has the token.
func (p *Portal) showMetrics(c *fiber.Ctx) error {
	sent := strings.TrimPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	token := p.Config.MetricsToken
	elsewhere := !remote(c).IsLoopback() || c.Get(fiber.HeaderXForwardedFor) != ""
	if elsewhere && (token == "" || subtle.ConstantTimeCompare([]byte(sent), []byte(token)) != 1) {
		return fault.New(fault.NotFound, "There is no such page.")
	}
	return adaptor.HTTPHandler(promhttp.HandlerFor(p.metrics.registry, promhttp.HandlerOpts{}))(c)
}
