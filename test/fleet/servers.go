package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
)

// system is the simulator that a fleet calls. Its refresh tokens can be used once: a second
// refresh with one of them is rejected.
type system struct {
	url       string
	logins    func() int
	err       func() error
	close     func()
	intercept func(operation string, n int, call func(w http.ResponseWriter, r *http.Request, next http.Handler))
}

const refreshOperation = "refreshToken" // of both products

func (s *system) interceptRefresh(call func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	s.intercept(refreshOperation, 1, call)
}

// startSystem starts a simulator whose access tokens live so long. It speaks http, which
// leaves the machine to the fleet.
func startSystem(product string, life time.Duration, refreshes *load.Refreshes) (system, error) {
	note := func(operation string, at time.Time) {
		if operation == refreshOperation {
			refreshes.Note(at)
		}
	}
	if product == hubProduct {
		s, err := ngeneatest.Start(ngeneatest.Plain(), ngeneatest.WithRotation(true), ngeneatest.WithAccessTTL(life),
			ngeneatest.WithObserver(func(r ngeneatest.Request) { note(r.Operation, r.Time) }))
		if err != nil {
			return system{}, err
		}
		return system{url: s.URL, logins: s.Logins, err: s.Err, close: s.Close, intercept: s.Intercept}, nil
	}
	s, err := wekatest.Start(wekatest.Plain(), wekatest.WithRotation(true), wekatest.WithAccessTTL(life),
		wekatest.WithObserver(func(r wekatest.Request) { note(r.Operation, r.Time) }))
	if err != nil {
		return system{}, err
	}
	return system{url: s.URL, logins: s.Logins, err: s.Err, close: s.Close, intercept: s.Intercept}, nil
}

const redisProgram = "redis-server"

func findRedis() error {
	if _, err := exec.LookPath(redisProgram); err != nil {
		return fmt.Errorf("%w: install it, on Debian and Ubuntu with: apt-get install redis-server", err)
	}
	return nil
}

// redisServer is a real server on a loopback address, without persistence.
type redisServer struct {
	address, folder string
	process         *exec.Cmd
}

// startRedis starts a server on a free port.
func startRedis(ctx context.Context, folder string) (*redisServer, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &redisServer{address: listener.Addr().String(), folder: folder}
	if err := listener.Close(); err != nil {
		return nil, err
	}
	return r, r.start(ctx)
}

// start returns when the server responds.
func (r *redisServer) start(ctx context.Context) (err error) {
	defer must.Catch(&err)
	host, port, err := net.SplitHostPort(r.address)
	must.Succeed(err)
	var output bytes.Buffer
	r.process = exec.CommandContext(ctx, redisProgram, "--bind", host, "--port", port, //nolint:gosec // a number
		"--save", "", "--appendonly", "no", "--loglevel", "warning", "--dir", r.folder)
	r.process.Stdout = &output
	must.Succeed(r.process.Start())
	client := redis.NewClient(&redis.Options{Addr: r.address})
	defer func() { _ = client.Close() }()
	for range 100 {
		if err = client.Ping(ctx).Err(); err == nil {
			return nil
		}
		must.Succeed(load.Elapse(ctx, 50*time.Millisecond))
	}
	r.stop()
	return fmt.Errorf("redis-server does not respond: %w: %s", err, output.String())
}

// stop kills the server.
func (r *redisServer) stop() {
	_ = r.process.Process.Kill()
	_ = r.process.Wait() // the error says that it was killed
}
