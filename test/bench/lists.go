package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

const (
	oneRounds  = 150
	oneCalls   = 100
	listRounds = 25
)

// measureLists gives what the front door costs beside a client written by hand, and
// the list beside stock oapi-codegen too. All ask one server for the same bytes.
func measureLists(ctx context.Context, rounds int) ([]row, error) {
	address, stop, err := startServer(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	ours, err := weka.New(address, weka.WithAccessToken(accessToken))
	if err != nil {
		return nil, err
	}
	defer ours.Close()
	byHand := &handWritten{client: &http.Client{Transport: &http.Transport{}}, address: address + apiPath, token: accessToken}
	defer byHand.client.CloseIdleConnections()
	one, err := compareOne(ctx, rounds, ours, byHand)
	if err != nil {
		return nil, err
	}
	lists, err := compareLists(ctx, rounds, address, ours, byHand)
	return append(one, lists...), err
}

func compareOne(ctx context.Context, rounds int, ours *weka.Client, byHand *handWritten) ([]row, error) {
	const uid = "d4f1c2a0-0000-4000-8000-000000000001"
	costs, err := compare(ctx, rounds*oneRounds/listRounds, oneCalls,
		inProcess(func(ctx context.Context) error {
			_, err := ours.Filesystem.GetFileSystem(ctx, uid, nil)
			return err
		}),
		inProcess(func(ctx context.Context) error {
			_, err := byHand.fileSystem(ctx, uid)
			return err
		}))
	if err != nil {
		return nil, err
	}
	us, them := costs[0], costs[1]
	return []row{
		atMost("call 1: time", us.ns/them.ns, "", 1.10),
		atMost("call 1: allocations", us.allocations/them.allocations, "", 1.10),
	}, nil
}

func compareLists(ctx context.Context, rounds int, address string, ours *weka.Client, byHand *handWritten) ([]row, error) {
	folder, err := os.MkdirTemp("", "hotcold-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	program, err := buildStock(ctx, folder)
	if err != nil {
		return nil, err
	}
	stock, err := startChild(ctx, program, address+apiPath, accessToken)
	if err != nil {
		return nil, err
	}
	defer stock.stop()
	costs, err := compare(ctx, rounds, 1,
		inProcess(func(ctx context.Context) error {
			all, err := ours.Filesystem.GetFileSystems(ctx, nil)
			return whole(len(all), err)
		}),
		inProcess(func(ctx context.Context) error {
			all, err := byHand.fileSystems(ctx)
			return whole(len(all), err)
		}),
		inChild(stock))
	if err != nil {
		return nil, err
	}
	us, hand, theirs := costs[0], costs[1], costs[2]
	return []row{
		atMost("list 10k: time", us.ns/hand.ns, "", 0.62),
		atMost("list 10k: allocations", us.allocations/hand.allocations, "", 0.65),
		atMost("list 10k: bytes", us.bytes/hand.bytes, "", 0.80),
		atMost("list 10k vs stock: time", us.ns/theirs.ns, "", 0.45),
		atMost("list 10k vs stock: allocations", us.allocations/theirs.allocations, "", 0.12),
	}, nil
}

// whole makes sure that everybody got the whole list.
func whole(n int, err error) error {
	if err == nil && n != listLength {
		err = fmt.Errorf("got %d filesystems of %d", n, listLength)
	}
	return err
}

func buildStock(ctx context.Context, folder string) (string, error) {
	module, err := makeStock(ctx, folder)
	if err != nil {
		return "", err
	}
	program := filepath.Join(folder, "list")
	return program, module.build(ctx, nil, program)
}
