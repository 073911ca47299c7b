package main

import (
	"reflect"
	"testing"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

const (
	odd       = 9007199254740993             // 2^53 + 1, the first integer that a float64 cannot hold
	unlimited = uint64(18446744073709551615) // 2^64 - 1, which an int64 cannot hold
)

// JavaScript and JSON libraries that decode to float64 round 2^53 + 1 and the largest
// uint64. A cluster uses both, for byte counts, inodes and "unlimited".
func TestBigIntegers(t *testing.T) {
	cluster, client := newCluster(t)
	testResponses(t, cluster, client)
	testRequests(t, cluster, client)
}

func testResponses(t *testing.T, cluster *cluster, client *weka.Client) {
	ctx := t.Context()
	t.Run("response: an object", func(t *testing.T) {
		cluster.responds(`{"data":{"inode_id":18446744073709551615,"hard_limit_bytes":18446744073709551615,
			"soft_limit_bytes":9007199254740993,"total_bytes":9007199254740993,"grace_seconds":9007199254740993}}`)
		quota, err := client.Quotas.Get(ctx, "fs1", 1)
		want := &wekaapi.Quota{
			InodeID: unlimited, HardLimitBytes: unlimited,
			SoftLimitBytes: odd, TotalBytes: odd, GraceSeconds: ptr[int64](odd),
		}
		if err != nil || !reflect.DeepEqual(quota, want) {
			t.Errorf("got %+v, %v", quota, err)
		}
	})
	t.Run("response: quoted, as in some releases", func(t *testing.T) {
		cluster.responds(`{"data":{"inode_id":"18446744073709551615","total_bytes":"9007199254740993"}}`)
		quota, err := client.Quotas.Get(ctx, "fs1", 1)
		if err != nil || quota.InodeID != unlimited || quota.TotalBytes != odd {
			t.Errorf("got %+v, %v", quota, err)
		}
	})
	t.Run("response: a page and its numeric cursor", func(t *testing.T) {
		cluster.responds(`{"data":[{"inode_id":18446744073709551615,"total_bytes":9007199254740993}],"next_token":18446744073709551615}`)
		page, err := client.Quotas.List(ctx, "fs1", nil)
		if err != nil || len(page.Items) != 1 || page.Items[0].InodeID != unlimited || page.Items[0].TotalBytes != odd {
			t.Fatalf("got %+v, %v", page, err)
		}
		_, err = client.Quotas.List(ctx, "fs1", &wekaapi.ListQuotasParams{NextToken: &page.NextToken})
		cluster.received(err, "GET /api/v2/fileSystems/fs1/quota?next_token=18446744073709551615", "")
	})
	t.Run("response: what the document does not describe", func(t *testing.T) {
		cluster.responds(`{"data":[{"params":{"inode":18446744073709551615,"bytes":9007199254740993}}]}`)
		page, err := client.Events.List(ctx, nil)
		if err != nil || string(page.Items[0].Params) != `{"inode":18446744073709551615,"bytes":9007199254740993}` {
			t.Errorf("got %+v, %v", page, err)
		}
	})
}

func testRequests(t *testing.T, cluster *cluster, client *weka.Client) {
	ctx := t.Context()
	t.Run("path", func(*testing.T) {
		cluster.responds(`{"data":{}}`)
		_, err := client.Quotas.Get(ctx, "fs1", unlimited)
		cluster.received(err, "GET /api/v2/fileSystems/fs1/quota/18446744073709551615", "")
		_, err = client.Quotas.Delete(ctx, "fs1", odd, nil)
		cluster.received(err, "DELETE /api/v2/fileSystems/fs1/quota/9007199254740993", "")
		_, err = client.S3.CreateLDAPUserForTenant(ctx, odd, weka.WithBasicAuth("jane", "secret"))
		cluster.received(err, "POST /api/v2/s3/9007199254740993/ldapImportUser", "")
	})
	t.Run("query", func(*testing.T) {
		cluster.responds(`{"data":null}`)
		_, err := client.Quotas.GetBatch(ctx, &wekaapi.GetQuotaBatchParams{InodeIDs: []uint64{unlimited, odd}})
		cluster.received(err, "GET /api/v2/quota/batch?inode_ids=18446744073709551615&inode_ids=9007199254740993", "")
		_, err = client.Events.List(ctx, &wekaapi.GetEventsParams{NumResults: ptr[int64](odd)})
		cluster.received(err, "GET /api/v2/events?num_results=9007199254740993", "")
		_, err = client.Drives.List(ctx, &wekaapi.GetDrivesParams{ContainerIDs: []int64{odd}})
		cluster.received(err, "GET /api/v2/drives?container_ids=9007199254740993", "")
	})
	t.Run("body", func(*testing.T) {
		cluster.responds(`{"data":{}}`)
		_, err := client.Quotas.Put(ctx, "fs1", unlimited, wekaapi.PutQuotaBody{
			HardLimitBytes: unlimited, SoftLimitBytes: odd, GraceSeconds: odd,
		})
		cluster.received(err, "PUT /api/v2/fileSystems/fs1/quota/18446744073709551615",
			`{"grace_seconds":9007199254740993,"hard_limit_bytes":18446744073709551615,"soft_limit_bytes":9007199254740993}`)
		_, err = client.Quotas.Patch(ctx, "fs1", 1, wekaapi.PatchQuotaBody{HardLimitBytes: ptr(unlimited)})
		cluster.received(err, "PATCH /api/v2/fileSystems/fs1/quota/1", `{"hard_limit_bytes":18446744073709551615}`)
		_, err = client.FileSystems.Create(ctx, wekaapi.CreateFileSystemBody{Name: "fs1", GroupName: "default", TotalCapacity: odd})
		cluster.received(err, "POST /api/v2/fileSystems", `{"group_name":"default","name":"fs1","total_capacity":9007199254740993}`)
	})
	t.Run("body: what the document does not describe", func(t *testing.T) {
		cluster.responds(`{"data":{"policy":{"version":9007199254740993}}}`)
		var policy any
		if err := client.Do(ctx, "GET", "/s3/policies/p", nil, &policy); err != nil {
			t.Fatal(err)
		}
		err := client.Do(ctx, "POST", "/s3/policies", policy, nil)
		cluster.received(err, "POST /api/v2/s3/policies", `{"policy":{"version":9007199254740993}}`)
	})
}

func ptr[T any](value T) *T { return &value }

// cluster is a server that sends a given response and keeps the requests.
type cluster struct {
	t *testing.T
	*server
}

func newCluster(t *testing.T) (*cluster, *weka.Client) {
	t.Helper()
	c := &cluster{t, newServer()}
	t.Cleanup(c.Close)
	client, err := weka.New(c.URL, weka.WithAccessToken(accessToken), weka.WithTransport(c.Client().Transport), weka.WithStrictResponses())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return c, client
}

func (c *cluster) responds(body string) {
	c.respondWith(response{status: 200, body: []byte(body)})
}

// received fails the test unless a call succeeded and the last request is this one.
func (c *cluster) received(err error, line, body string) {
	c.t.Helper()
	all := c.taken()
	if err != nil || len(all) == 0 {
		c.t.Errorf("%s: %d requests, %v", line, len(all), err)
		return
	}
	got := all[len(all)-1]
	if have := got.Method + " " + got.RequestURI; have != line || string(got.body) != body {
		c.t.Errorf("got  %s %s\nwant %s %s", have, got.body, line, body)
	}
}
