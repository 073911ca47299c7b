package prometheus_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// metrics are what this program wants to know of its clients.
type metrics struct {
	attempts *prometheus.HistogramVec // seconds, by operation and status
	retries  *prometheus.CounterVec   // by operation and reason
	session  *prometheus.CounterVec   // by event: logged in, refreshed, failed, …
	backends *prometheus.GaugeVec     // 0 while a backend is set aside
}

func newMetrics(registry prometheus.Registerer) *metrics {
	m := &metrics{
		attempts: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "weka_attempt_seconds", Help: "Attempts until the headers of the answer."}, []string{"operation", "status"}),
		retries:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "weka_retries_total", Help: "Calls sent again."}, []string{"operation", "reason"}),
		session:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "weka_session_events_total", Help: "Logins, refreshes and their failures."}, []string{"event"}),
		backends: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "weka_backend_up", Help: "Backends that were set aside once."}, []string{"backend"}),
	}
	registry.MustRegister(m.attempts, m.retries, m.session, m.backends)
	return m
}

func (m *metrics) hooks() weka.Hooks {
	return weka.Hooks{
		AfterAttempt: func(_ context.Context, a weka.Attempt) {
			m.attempts.WithLabelValues(a.Operation, strconv.Itoa(a.Status)).Observe(a.Duration.Seconds())
		},
		BeforeRetry: func(_ context.Context, r weka.Retrying) { m.retries.WithLabelValues(r.Operation, r.Reason).Inc() },
		EndpointChanged: func(c weka.EndpointChange) {
			up := 1.0
			if c.Err != nil {
				up = 0
			}
			m.backends.WithLabelValues(c.Endpoint).Set(up)
		},
	}
}

func (m *metrics) sessionEvent(event weka.SessionEvent) {
	m.session.WithLabelValues(event.Kind.String()).Inc()
}

// Count calls, retries, refreshes and failovers.
func Example() {
	cluster, err := wekatest.Start(wekatest.Endpoints(2)) // in place of your own
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()

	registry := prometheus.NewRegistry() // which promhttp.HandlerFor serves
	m := newMetrics(registry)
	c, err := weka.New(strings.Join(cluster.URLs(), ","),
		weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()),
		weka.WithHooks(m.hooks()), weka.WithSessionHook(m.sessionEvent))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()

	ctx := context.Background()
	cluster.Fail("getClusterStatus", 1, 503, `{}`)
	for _, happens := range []func(){func() {}, cluster.ExpireTokens, func() { cluster.StopEndpoint(0) }} {
		happens()
		for range 2 { // one for each backend
			if _, err := c.Cluster.GetStatus(ctx); err != nil {
				fmt.Println(err)
			}
		}
	}
	show(registry)
	// Output:
	// weka_attempt_seconds getClusterStatus 0: 1
	// weka_attempt_seconds getClusterStatus 200: 6
	// weka_attempt_seconds getClusterStatus 401: 1
	// weka_attempt_seconds getClusterStatus 503: 1
	// weka_attempt_seconds login 200: 1
	// weka_attempt_seconds refreshToken 200: 1
	// backends down: 1
	// weka_retries_total getClusterStatus failover: 1
	// weka_retries_total getClusterStatus failure: 1
	// weka_retries_total getClusterStatus token: 1
	// weka_session_events_total logged in: 1
	// weka_session_events_total refreshed: 1
	// weka_session_events_total started: 2
}

// show prints what was counted: no times, and no addresses, which are others each time.
func show(registry *prometheus.Registry) {
	families, err := registry.Gather()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, family := range families {
		down := 0
		for _, metric := range family.GetMetric() {
			if gauge := metric.GetGauge(); gauge != nil {
				if gauge.GetValue() == 0 {
					down++
				}
				continue
			}
			labels := make([]string, 0, 2)
			for _, label := range metric.GetLabel() {
				labels = append(labels, label.GetValue())
			}
			fmt.Printf("%s %s: %v\n", family.GetName(), strings.Join(labels, " "), metric.GetCounter().GetValue()+float64(metric.GetHistogram().GetSampleCount()))
		}
		if family.GetName() == "weka_backend_up" {
			fmt.Println("backends down:", down)
		}
	}
}
