package wekatest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Make the cluster fail like a real one, and check what your own code does.
func ExampleServer_Fail() {
	cluster, err := wekatest.Start() // in a test: wekatest.New(t)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithTransport(cluster.Transport()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()

	report := func() { // your own code
		_, err := c.FileSystems.List(context.Background(), nil)
		fmt.Println("busy:", errors.Is(err, weka.ErrBusy), "forbidden:", errors.Is(err, weka.ErrForbidden), "fine:", err == nil)
	}
	report()
	cluster.Fail("getFileSystems", 1, http.StatusForbidden, `{"data":"Forbidden"}`)
	report()
	cluster.Fail("getFileSystems", 1, http.StatusBadGateway, `<html>`) // once: it is sent again
	report()
	cluster.ExpireTokens()
	report()
	fmt.Println(cluster.Count("getFileSystems"), "requests,", cluster.Logins(), "login,", cluster.Refreshes(), "refresh")
	// Output:
	// busy: false forbidden: false fine: true
	// busy: false forbidden: true fine: false
	// busy: false forbidden: false fine: true
	// busy: false forbidden: false fine: true
	// 6 requests, 1 login, 1 refresh
}

// A program that uses HTTP without the SDK can be tested too.
func ExampleStart() {
	srv, err := wekatest.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()

	cluster := http.Client{Transport: srv.Transport()}
	response, err := cluster.Post(srv.URL+"/api/v2/login", "application/json",
		strings.NewReader(`{"username": "admin", "password": "admin"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	fmt.Println(response.StatusCode, srv.Logins())
	// Output: 200 1
}
