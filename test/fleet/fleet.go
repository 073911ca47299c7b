package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
)

// fleet is the processes of one run, and what they have in common.
type fleet struct {
	amounts
	system    system
	redis     *redisServer
	refreshes load.Refreshes
	members   []*member

	total tally
	ended map[*member]bool // that ended as they should
}

// member is a process of the fleet.
type member struct {
	machine string // its folder
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
	dead    bool // it was killed
}

// runFleet lets a fleet call a system for a time, and disturbs it meanwhile.
func runFleet(ctx context.Context, a amounts, product string, duration time.Duration, disturb func(*fleet) error) (f *fleet, err error) {
	f = &fleet{amounts: a, ended: map[*member]bool{}}
	f.refreshes.Within = a.life / 3 // the next one is due after four fifths, less what a slow machine delays
	defer must.Catch(&err)
	ctx, end := context.WithCancel(ctx) // kills what is left
	defer end()
	folder := must.Get(os.MkdirTemp("", "fleet-"))
	defer func() { _ = os.RemoveAll(folder) }()
	f.system = must.Get(startSystem(product, a.life, &f.refreshes))
	defer f.system.close()
	f.redis = must.Get(startRedis(ctx, folder))
	defer f.redis.stop()
	must.Succeed(f.start(ctx, product, folder))
	disturbed := make(chan error, 1)
	go func() { disturbed <- disturb(f) }()
	err = load.Elapse(ctx, duration)
	err = errors.Join(err, <-disturbed, f.stop())
	return f, errors.Join(err, f.system.err())
}

// start starts the processes of all machines and waits for the first call of each.
func (f *fleet) start(ctx context.Context, product, folder string) error {
	for machine := range f.machines {
		home := filepath.Join(folder, fmt.Sprint("machine", machine))
		if err := os.Mkdir(home, 0o700); err != nil {
			return err
		}
		for range f.each {
			m, err := f.startMember(ctx, product, home, f.ahead(machine))
			if err != nil {
				return err
			}
			f.members = append(f.members, m)
		}
	}
	return f.all(func(m *member) error {
		if !m.out.Scan() || m.out.Text() != ready {
			return fmt.Errorf("a process ended before its first call: %w", cmp.Or(m.out.Err(), io.EOF))
		}
		return nil
	})
}

// ahead returns how far the clock of a machine is ahead. They are spread evenly, around the
// clock of Redis.
func (f *fleet) ahead(machine int) time.Duration {
	return f.skew*time.Duration(machine)/time.Duration(max(1, f.machines-1)) - f.skew/2
}

func (f *fleet) startMember(ctx context.Context, product, home string, ahead time.Duration) (m *member, err error) {
	defer must.Catch(&err)
	command := exec.CommandContext(ctx, must.Get(os.Executable())) //nolint:gosec // this program
	command.Dir = home
	command.Stderr = os.Stderr
	command.Env = []string{
		"HOME=" + home, "TMPDIR=" + home,
		"GOMAXPROCS=1", "GOGC=50", // hundreds of them share a small machine
		productVariable + "=" + product, addressVariable + "=" + f.system.url, redisVariable + "=" + f.redis.address,
		aheadVariable + "=" + ahead.String(), pauseVariable + "=" + f.pause.String(), nameVariable + "=" + strconv.Itoa(len(f.members)),
	}
	m = &member{machine: home, command: command, in: must.Get(command.StdinPipe())}
	m.out = bufio.NewScanner(must.Get(command.StdoutPipe()))
	return m, command.Start()
}

// all runs do for all members at once.
func (f *fleet) all(do func(*member) error) error {
	return load.AtOnce(len(f.members), func(i int) error { return do(f.members[i]) })
}

// stop ends the processes and adds up their calls. The calls of those that were killed are
// not known.
func (f *fleet) stop() error {
	var mu sync.Mutex
	return f.all(func(m *member) (err error) {
		defer must.Catch(&err)
		_ = m.in.Close()
		var result tally
		if m.out.Scan() && !m.dead {
			must.Succeed(json.Unmarshal(m.out.Bytes(), &result))
		}
		err = m.command.Wait()
		if m.dead {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		f.total.add(result)
		f.ended[m] = true
		return err
	})
}

// completeMachines returns the number of machines whose processes all ended as they should.
func (f *fleet) completeMachines() int {
	ended := map[string]int{}
	for m := range f.ended {
		ended[m.machine]++
	}
	complete := 0
	for _, n := range ended {
		if n == f.each {
			complete++
		}
	}
	return complete
}

// stopRedis kills Redis and starts it again, without data. At the end the processes must
// share a session again.
func (f *fleet) stopRedis(ctx context.Context) (err error) {
	defer must.Catch(&err)
	must.Succeed(load.Elapse(ctx, f.life))
	f.redis.stop()
	must.Succeed(load.Elapse(ctx, f.away))
	must.Succeed(f.redis.start(ctx))
	must.Succeed(load.Elapse(ctx, f.disturbed-f.away-3*f.life))
	f.refreshes.Forget()
	must.Succeed(load.Elapse(ctx, 2*f.life))
	if again := f.refreshes.Expiries(); again.Worst != 1 {
		return fmt.Errorf("%d refreshes an expiry after Redis came back", again.Worst)
	}
	return nil
}

// onRefresh calls do with the process that sends the next refresh, which holds the lock, and
// lets the request through before or after.
func (f *fleet) onRefresh(ctx context.Context, first bool, do func(*member)) error {
	done := make(chan bool)
	f.system.interceptRefresh(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		defer close(done)
		n, err := strconv.Atoi(r.Header.Get(nameHeader))
		if err != nil {
			return
		}
		if first {
			next.ServeHTTP(w, r)
		}
		do(f.members[n])
		if !first {
			next.ServeHTTP(w, r)
		}
	})
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pauseHolder stops the process that refreshes for longer than its lock lasts. The system has
// replaced the refresh token by then, and the answer waits in the process.
func (f *fleet) pauseHolder(ctx context.Context) (err error) {
	defer must.Catch(&err)
	must.Succeed(load.Elapse(ctx, f.life))
	var holder *member
	must.Succeed(f.onRefresh(ctx, true, func(m *member) {
		holder = m
		err = m.signal(ctx, "-STOP")
	}))
	must.Succeed(err)
	must.Succeed(load.Elapse(ctx, f.paused))
	return holder.signal(ctx, "-CONT")
}

// signal sends a signal that Go does not know on every system.
func (m *member) signal(ctx context.Context, signal string) error {
	return exec.CommandContext(ctx, "kill", signal, strconv.Itoa(m.command.Process.Pid)).Run() //nolint:gosec // a number
}

// killHolders kills one process before the system has replaced its refresh token, and one
// after that.
func (f *fleet) killHolders(ctx context.Context) (err error) {
	defer must.Catch(&err)
	for _, replaced := range []bool{false, true} {
		must.Succeed(load.Elapse(ctx, f.life))
		must.Succeed(f.onRefresh(ctx, replaced, func(m *member) {
			m.dead = true
			err = m.command.Process.Kill()
		}))
		must.Succeed(err)
	}
	return nil
}
