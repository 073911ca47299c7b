package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// endpoints is how many each cluster has.
const endpoints = 3

// network is a cluster of several endpoints, and before each a proxy that can break.
type network struct {
	cluster *wekatest.Server
	witness *witness
	proxies *toxiproxy.ApiServer
	lines   [endpoints]*line
	silence time.Duration // after which the clients give a sending up
	group   string        // the uid of a filesystem group
}

// line is the way to one endpoint.
type line struct {
	address  string // host:port of the proxy
	upstream string
	mu       sync.Mutex
	proxy    *toxiproxy.Proxy
}

// listed is how many filesystem groups a list has: enough for an answer that can
// break off half-way.
const listed = 20

// onNetworks plays something with each way to fail, on so many networks at once, which
// work whenever a play begins.
func onNetworks(most int, silence time.Duration, all []breakage, play func(*network, breakage) error) error {
	free := make(chan *network, most)
	for range most {
		n, err := startNetwork(silence)
		if err != nil {
			return err
		}
		defer n.close()
		free <- n
	}
	failed := make([]error, len(all))
	var playing sync.WaitGroup
	for i, how := range all {
		n := <-free
		playing.Go(func() {
			if err := errors.Join(play(n, how), n.cluster.Err()); err != nil {
				failed[i] = fmt.Errorf("%s: %w", how.name, err)
			}
			free <- n
		})
	}
	playing.Wait()
	return errors.Join(failed...)
}

func startNetwork(silence time.Duration) (*network, error) {
	cluster, err := startCluster(longLife, wekatest.Plain(), wekatest.Endpoints(endpoints))
	if err != nil {
		return nil, err
	}
	n := &network{
		cluster: cluster,
		silence: silence,
		witness: watch(cluster),
		proxies: toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()),
	}
	for i := range listed {
		n.group = cluster.Seed("/fileSystemGroups", map[string]any{"name": fmt.Sprint("group", i)})[0]
	}
	for i, url := range cluster.URLs() {
		n.lines[i] = &line{address: "127.0.0.1:0", upstream: strings.TrimPrefix(url, "http://")}
		if err := n.open(i); err != nil {
			n.close()
			return nil, err
		}
	}
	return n, nil
}

// open puts a proxy without faults before an endpoint. It may have to wait for its
// port: a connection of somebody else's can have taken it for a moment.
func (n *network) open(number int) error {
	l := n.lines[number]
	l.mu.Lock()
	defer l.mu.Unlock()
	var err error
	for range 100 {
		l.proxy = toxiproxy.NewProxy(n.proxies, strconv.Itoa(number), l.address, l.upstream)
		if err = l.proxy.Start(); err == nil {
			l.address = l.proxy.Listen
			return nil
		}
		<-time.After(10 * time.Millisecond)
	}
	return err
}

// shut takes the proxy away and cuts its connections.
func (n *network) shut(number int) {
	if l := n.lines[number]; l != nil && l.proxy != nil {
		l.proxy.Stop()
	}
}

// breakDown has an endpoint fail, for the connections that it has and for new ones.
func (n *network) breakDown(number int, how breakage) error {
	switch {
	case how.refuses:
		n.shut(number)
	case how.page:
		n.witness.answerPages(number, true)
	}
	var failed []error
	for _, toxic := range how.toxics {
		_, err := n.lines[number].proxy.Toxics.AddToxicJson(strings.NewReader(toxic))
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// heal has an endpoint work again. A new proxy forgets the faults with the
// connections that met them.
func (n *network) heal(number int) error {
	n.witness.answerPages(number, false)
	n.shut(number)
	return n.open(number)
}

// connect makes a client of all endpoints that has logged in.
func (n *network) connect(options ...weka.Option) (*weka.Client, error) {
	var addresses []string
	for _, l := range n.lines {
		addresses = append(addresses, "http://"+l.address)
	}
	options = append([]weka.Option{weka.WithPassword("admin", "admin"), weka.WithAttemptTimeout(n.silence)}, options...)
	return weka.New(strings.Join(addresses, ","), options...)
}

// healAll leaves the network as it was.
func (n *network) healAll() error {
	var failed [endpoints]error
	for i := range endpoints {
		failed[i] = n.heal(i)
	}
	return errors.Join(failed[:]...)
}

func (n *network) close() {
	for i := range n.lines {
		n.shut(i)
	}
	n.cluster.Close()
}
