package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/hotcold-go/hotcold/test/must"
)

const (
	listLength   = 10_000
	quotasInPage = 5_000
	apiPath      = "/api/v2"
	// accessToken is the token that every client sends; the server does not check it.
	accessToken = "access"
)

// serve is a cluster on an address that it prints, until standard input ends. It runs in a
// process of its own, so that its allocations do not count as a client's.
func serve(ctx context.Context) {
	var config net.ListenConfig
	listener := must.Get(config.Listen(ctx, "tcp", "127.0.0.1:0"))
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+apiPath+"/login", responds([]byte(
		`{"data":{"access_token":"access","refresh_token":"refresh","expires_in":3600,"token_type":"Bearer","password_change_required":false}}`)))
	mux.HandleFunc("GET "+apiPath+"/fileSystems", responds(fileSystems(listLength)))
	mux.HandleFunc("GET "+apiPath+"/fileSystems/{uid}", responds(append(appendFileSystem([]byte(`{"data":`), 1), '}')))
	mux.HandleFunc("GET "+apiPath+"/fileSystems/{uid}/quota", quotaPage)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close()
	}()
	must.Get(fmt.Println("http://" + listener.Addr().String()))
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		must.Succeed(err)
	}
}

func responds(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { write(w, body) }
}

func write(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the client may have closed the connection
}

// fileSystems returns the response for a list of n filesystems.
func fileSystems(n int) []byte {
	b := []byte(`{"data":[`)
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendFileSystem(b, i)
	}
	return append(b, `]}`...)
}

// appendFileSystem writes a filesystem with every member of the document, two others, and
// the numbers that clusters send. Every fourth is tiered: it has a bucket.
func appendFileSystem(b []byte, i int) []byte {
	var bucket []byte
	if i%4 == 0 {
		bucket = fmt.Appendf(nil, `{"uid":"0a1b2c3d-0000-4000-8000-%012d","name":"bucket-1","obsId":"ObjectStorageId<1>","mode":"WRITABLE",`+
			`"state":"ACTIVE","status":"UP","detachProgress":null}`, i)
	}
	return fmt.Appendf(b, `{"id":"FSId<%d>","uid":"d4f1c2a0-0000-4000-8000-%012d","name":"filesystem-%d","group_id":"FSGroupId<0>",`+
		`"group_name":"default","status":"READY","is_removing":false,"is_creating":false,"is_ready":true,"is_encrypted":false,`+
		`"auth_required":false,"auto_max_files":true,"data_reduction":true,"data_reduction_ratio":1.25,"compressed_estimation":0,`+
		`"total_budget":1099511627776,"used_total":%d,"used_total_data":%d,"available_total":1099511623680,"free_total":1099511623680,`+
		`"ssd_budget":1099511627776,"used_ssd":4096,"used_ssd_data":4096,"used_ssd_metadata":4096,"used_ssd_pending":0,`+
		`"available_ssd":1099511627776,"available_ssd_metadata":274877906944,"free_ssd":1099511623680,"metadata_budget":4398046511,`+
		`"kms_key_identifier":"","kms_namespace":"","kms_role":"","index_name":"index-%d","max_files":107374182,`+
		`"obs_buckets":[%s],"object_storages":[]}`, i, i, i, i*4096, i*4096, i, bucket)
}

// quotaPage answers with a page of a list whose length is the uid.
func quotaPage(w http.ResponseWriter, r *http.Request) {
	total, err := strconv.Atoi(r.PathValue("uid"))
	if err != nil {
		http.Error(w, "the uid must be the length of the list", http.StatusNotFound)
		return
	}
	first, _ := strconv.Atoi(r.URL.Query().Get("next_token")) // 0 without a token
	last := min(first+quotasInPage, total)
	b := []byte(`{"data":[`)
	for i := first; i < last; i++ {
		if i > first {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"quota_id":"%016x:0","inode_id":%d,"snap_view_id":0,"fsName":"filesystem-1","path":"/projects/%d","full_path":"filesystem-1:/projects/%d",`+
			`"owner":"user%d@example.com","hard_limit_bytes":18446744073709547520,"soft_limit_bytes":1099511627776,"grace_seconds":null,"status":"ACTIVE",`+
			`"time_over_soft_limit":0,"total_bytes":%d,"data_blocks":%d}`, i, uint64(1)<<63+uint64(i), i, i, i, i*4096, i) //nolint:gosec // i is not negative
	}
	b = append(b, `],"next_token":`...)
	if last < total {
		b = fmt.Appendf(b, `"%d"}`, last)
	} else {
		b = append(b, `null}`...)
	}
	write(w, b)
}

// startServer starts serve in another process; stop ends it.
func startServer(ctx context.Context) (address string, stop func()) {
	server := startChild(ctx, "", "serve")
	return server.line(), server.stop
}
