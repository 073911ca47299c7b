package weka_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// made creates a filesystem for a test.
func made(t *testing.T, c *weka.Client, name string) *wekaapi.FileSystem {
	t.Helper()
	fs, err := c.CreateFileSystemAndWait(t.Context(), newFilesystem(name), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

// A wait without a bound sends nothing.
func TestWaitsNeedABound(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, ctx := admin(t, srv), t.Context()
		_, create := c.CreateFileSystemAndWait(ctx, newFilesystem("fs1"), 0)
		_, upload := c.UploadSnapshotAndWait(ctx, "u", wekaapi.ObjectStoreSiteLocal, 0)
		_, set := c.SetQuotaAndWait(ctx, "u", "/", weka.QuotaLimits{}, -1)
		for _, err := range []error{
			create, upload, set,
			c.DeleteFileSystemAndWait(ctx, "u", nil, 0), c.DeleteSnapshotAndWait(ctx, "u", 0), c.RemoveQuotaAndWait(ctx, "u", "/", 0),
		} {
			if !errors.Is(err, weka.ErrNoBound) {
				t.Errorf("got %v, want ErrNoBound", err)
			}
		}
		if sent := srv.Requests(); len(sent) != 0 {
			t.Errorf("sent %v", sent)
		}
		bounded, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		if _, err := c.CreateFileSystemAndWait(bounded, newFilesystem("fs1"), 0); err != nil {
			t.Error(err)
		}
	})
}

// A wait ends with its bound, and the error has what was seen last.
func TestCreateFileSystemBound(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		begun := time.Now()
		fs, err := c.CreateFileSystemAndWait(t.Context(), newFilesystem("fs1"), 10*time.Second)
		var ended *weka.WaitError[*wekaapi.FileSystem]
		if !errors.Is(err, weka.ErrWaitTimeout) || !errors.As(err, &ended) || ended.State != "CREATING" || fs == nil || fs.Name != "fs1" {
			t.Errorf("got %v, %v", fs, err)
		}
		if took := time.Since(begun); took > 10*time.Second+50*time.Millisecond || srv.Count("getFileSystem") > 30 {
			t.Errorf("took %v and %d looks", took, srv.Count("getFileSystem"))
		}
	}, wekatest.WithTransitionTime(time.Hour))
}

// The bound includes the operation that begins the wait, and the error has both.
func TestBoundWhileBeginning(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		srv.Intercept("createFileSystem", 1, hang)
		_, err := c.CreateFileSystemAndWait(t.Context(), newFilesystem("fs1"), time.Second)
		var failed *weka.Error
		if !errors.Is(err, weka.ErrWaitTimeout) || !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &failed) || failed.Operation != "createFileSystem" {
			t.Errorf("got %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		srv.Intercept("createFileSystem", 1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			cancel()
			hang(w, r, next)
		})
		if _, err := c.CreateFileSystemAndWait(ctx, newFilesystem("fs1"), time.Second); errors.Is(err, weka.ErrWaitTimeout) || !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: got %v", err)
		}
	})
}

// A wait continues during an outage of the cluster and ends with a final error.
func TestCreateFileSystemOutage(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Fail("getFileSystem", 12, http.StatusServiceUnavailable, `{"message":"starting"}`)
		if fs, err := c.CreateFileSystemAndWait(t.Context(), newFilesystem("fs1"), 10*time.Minute); err != nil || !fs.IsReady {
			t.Errorf("got %v, %v", fs, err)
		}
		srv.Fail("getFileSystem", 1, http.StatusForbidden, `{"data":"Forbidden"}`)
		if _, err := c.CreateFileSystemAndWait(t.Context(), newFilesystem("fs2"), 10*time.Minute); !errors.Is(err, weka.ErrForbidden) {
			t.Errorf("got %v", err)
		}
		_, err := c.CreateFileSystemAndWait(t.Context(), newFilesystem("fs1"), 10*time.Minute)
		wantError(t, err, "createFileSystem", weka.ErrAlreadyExists)
	})
}

// A wait fails if the filesystem is being removed.
func TestCreateFileSystemRemoved(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		remove := weka.OnProgress(func(fs *wekaapi.FileSystem) {
			if err := c.FileSystems.Delete(t.Context(), fs.UID, nil); err != nil && !fs.IsRemoving {
				t.Error(err)
			}
		})
		if _, err := c.CreateFileSystemAndWait(t.Context(), newFilesystem("fs1"), time.Hour, remove); !errors.Is(err, weka.ErrWaitFailed) {
			t.Errorf("got %v", err)
		}
	}, wekatest.WithTransitionTime(time.Minute))
}

// The wait for a deletion ends with a 404 or 400 of the cluster, but not with a missing route
// or a page of a proxy.
func TestDeleteFileSystemIsGone(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		fs := made(t, c, "fs1")
		if err := c.DeleteFileSystemAndWait(t.Context(), fs.UID, nil, time.Minute); err != nil {
			t.Error(err)
		}
		wantError(t, c.DeleteFileSystemAndWait(t.Context(), fs.UID, nil, time.Minute), "deleteFileSystem", weka.ErrNotFound)
		for body, class := range map[string]error{
			`{"message":"gone","data":{"exceptionClass":["FilesystemDoesNotExistException"]}}`: nil,
			`{"message":"Route GET - /api/v2/x does not exist"}`:                               weka.ErrRouteMissing,
			`<html>not here</html>`: weka.ErrRouteMissing,
		} {
			status := http.StatusNotFound
			if class == nil {
				status = http.StatusBadRequest
			}
			fs := made(t, c, "fs"+http.StatusText(len(body)))
			srv.Fail("getFileSystem", 1, status, body)
			if err := c.DeleteFileSystemAndWait(t.Context(), fs.UID, nil, time.Minute); !errors.Is(err, class) {
				t.Errorf("%s: got %v, want %v", body, err, class)
			}
			time.Sleep(time.Minute)
		}
	})
}

func TestFindNothing(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, ctx := admin(t, srv), t.Context()
		made(t, c, "fs1")
		_, fs := c.FindFileSystem(ctx, "fs")
		_, snapshot := c.FindSnapshot(ctx, "u", "monday")
		_, tenant := c.FindTenant(ctx, "physics")
		_, user := c.FindUser(ctx, "ada")
		_, bucket := c.FindS3Bucket(ctx, "results")
		for operation, err := range map[string]error{
			"getFileSystems": fs, "getSnapshots": snapshot, "getTenants": tenant, "getUsers": user, "getS3Buckets": bucket,
		} {
			wantError(t, err, operation, weka.ErrNotFound)
		}
		if !strings.Contains(fs.Error(), `there is no filesystem "fs"`) {
			t.Errorf("got %v", fs)
		}
		srv.Fail("getFileSystems", 1, http.StatusForbidden, `{"data":"Forbidden"}`)
		_, err := c.FindFileSystem(ctx, "fs1")
		wantError(t, err, "getFileSystems", weka.ErrForbidden)
	})
}

// A missing path and a directory without a quota are ErrNotFound of different operations.
func TestQuotaNotFound(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, ctx := admin(t, srv), t.Context()
		fs := made(t, c, "fs1")
		srv.MakeDirectory("fs1", "/a", 0)
		_, err := c.GetQuota(ctx, fs.UID, "/b")
		wantError(t, err, "resolvePath", weka.ErrNotFound)
		wantError(t, c.RemoveQuota(ctx, fs.UID, "/b"), "resolvePath", weka.ErrNotFound)
		_, err = c.SetQuota(ctx, fs.UID, "/b", weka.QuotaLimits{})
		wantError(t, err, "resolvePath", weka.ErrNotFound)
		_, err = c.GetQuota(ctx, fs.UID, "/a")
		wantError(t, err, "getQuota", weka.ErrNotFound)
		wantError(t, c.RemoveQuota(ctx, fs.UID, "/a"), "deleteQuota", weka.ErrNotFound)
		if _, err := c.SetQuota(ctx, fs.UID, "/a", weka.QuotaLimits{Grace: time.Millisecond}); !errors.Is(err, weka.ErrInvalidArgument) {
			t.Errorf("got %v", err)
		}
		set, err := c.SetQuota(ctx, fs.UID, "/a", weka.QuotaLimits{Hard: 1 << 40, Soft: 1 << 39, Grace: time.Hour, Owner: "ann"})
		if err != nil || set.HardLimitBytes != 1<<40 || set.SoftLimitBytes != 1<<39 || *set.GraceSeconds != 3600 || set.Owner != "ann" {
			t.Errorf("got %+v, %v", set, err)
		}
		if got, err := c.GetQuota(ctx, fs.UID, "/a"); err != nil || got.HardLimitBytes != 1<<40 || got.InodeID != set.InodeID {
			t.Errorf("got %+v, %v", got, err)
		}
		if err := c.RemoveQuota(ctx, fs.UID, "/a"); err != nil {
			t.Error(err)
		}
	})
}

// A quota that becomes ERROR ends the wait.
func TestSetQuotaFails(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		fs := made(t, c, "fs1")
		srv.MakeDirectory("fs1", "/a", 10)
		abort := weka.OnProgress(func(*wekaapi.Quota) { abortTasks(t, c) })
		_, err := c.SetQuotaAndWait(t.Context(), fs.UID, "/a", weka.QuotaLimits{Hard: 1}, time.Hour, abort)
		var ended *weka.WaitError[*wekaapi.Quota]
		if !errors.Is(err, weka.ErrWaitFailed) || !errors.As(err, &ended) || ended.State != "ERROR" {
			t.Errorf("got %v", err)
		}
	}, wekatest.WithTransitionTime(time.Minute))
}

// abortTasks aborts all background tasks.
func abortTasks(t *testing.T, c *weka.Client) {
	t.Helper()
	tasks, err := c.Tasks.List(t.Context(), nil)
	if err != nil {
		t.Error(err)
	}
	for _, task := range tasks {
		_ = c.Tasks.Abort(t.Context(), task.UID)
	}
}

func TestUploadSnapshot(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, ctx := admin(t, srv), t.Context()
		fs := made(t, c, "fs1")
		snapshot, err := c.TakeSnapshot(ctx, fs.UID, "s1")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.UploadSnapshotAndWait(ctx, snapshot.UID, "elsewhere", time.Hour); !errors.Is(err, weka.ErrInvalidArgument) {
			t.Errorf("got %v", err)
		}
		var seen []string
		progress := weka.OnProgress(func(s *wekaapi.Snapshot) { seen = append(seen, s.RemoteStowInfo.StowProgress) })
		uploaded, err := c.UploadSnapshotAndWait(ctx, snapshot.UID, wekaapi.ObjectStoreSiteRemote, time.Hour, progress)
		if err != nil || uploaded.RemoteStowInfo.Locator == "" || len(seen) < 3 || seen[len(seen)-1] != "100%" || !slices.IsSorted(seen[:2]) {
			t.Errorf("got %+v, %v, progress %q", uploaded, err, seen)
		}
		abort := weka.OnProgress(func(*wekaapi.Snapshot) { abortTasks(t, c) })
		if _, err := c.UploadSnapshotAndWait(ctx, snapshot.UID, wekaapi.ObjectStoreSiteLocal, time.Hour, abort); !errors.Is(err, weka.ErrWaitFailed) {
			t.Errorf("aborted: got %v", err)
		}
		other := made(t, c, "fs2")
		for _, place := range []struct{ uid, name string }{{fs.UID, "s2"}, {other.UID, "s1"}} {
			_, err := c.RestoreFileSystem(ctx, place.uid, place.name)
			wantError(t, err, "getSnapshots", weka.ErrNotFound)
		}
	}, wekatest.WithTransitionTime(30*time.Second))
}

// The methods work on releases with the older names.
func TestOldNames(t *testing.T) {
	for _, release := range []string{"3.14", "4.3", "5.1"} {
		bubble(t, func(t *testing.T, srv *wekatest.Server) {
			c, ctx := admin(t, srv), t.Context()
			containers, err := c.ListContainers(ctx)
			if err != nil || len(containers) == 0 || containers[0].ContainerIP == "" || containers[0].ServerIdentifier == "" {
				t.Errorf("%s: containers: got %+v, %v", release, containers, err)
			}
			processes, err := c.ListProcesses(ctx)
			if err != nil || len(processes) == 0 || processes[0].ContainerID == "" {
				t.Errorf("%s: processes: got %+v, %v", release, processes, err)
			}
			tenant, err := c.CreateTenant(ctx, wekaapi.CreateTenantBody{Name: "physics", Username: "ada", Password: weka.NewSecret("Lovelace1815")})
			if err != nil {
				t.Fatalf("%s: %v", release, err)
			}
			if found, err := c.FindTenant(ctx, "physics"); err != nil || found.UID != tenant.UID {
				t.Errorf("%s: got %v, %v", release, found, err)
			}
			if err := c.DeleteTenant(ctx, tenant.UID); err != nil {
				t.Errorf("%s: %v", release, err)
			}
			wantError(t, c.DeleteTenant(ctx, "none"), map[bool]string{true: "deleteTenant", false: "deleteOrganization"}[release == "5.1"], weka.ErrNotFound)
		}, wekatest.Release(release))
	}
}

// If both routes are missing, the error is that of the newer one.
func TestOldNamesMissingToo(t *testing.T) {
	missing := weka.WithTransport(connecttest.Always(http.StatusNotFound, `{"message":"Route GET - /api/v2/x does not exist"}`))
	c := newClientAt(t, "weka01", weka.WithAccessToken("t"), missing)
	_, err := c.ListTenants(t.Context())
	wantError(t, err, "getTenants", weka.ErrRouteMissing)
}

func TestForTenant(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, ctx := admin(t, srv), t.Context()
		made(t, c, "fs1")
		tenant, err := c.ForTenant("physics", weka.WithPassword("ada", "lovelace"))
		if err != nil {
			t.Fatal(err)
		}
		me, err := tenant.Users.WhoAmI(ctx)
		if err != nil || me.OrgName != "physics" {
			t.Errorf("got %+v, %v", me, err)
		}
		if me, err := c.Users.WhoAmI(ctx); err != nil || me.OrgName != "Root" {
			t.Errorf("got %+v, %v", me, err)
		}
		tenant.Close()
		if _, err := tenant.Users.WhoAmI(ctx); !errors.Is(err, weka.ErrClosed) {
			t.Errorf("got %v", err)
		}
		mustStatus(t, c) // its own transport goes on
		wantCounts(t, srv, 2, 0)
	}, wekatest.WithAccount("ada", "lovelace", "physics"))
}

// The client of a tenant shares the backends and their state, and closing it keeps them.
func TestForTenantSharesBackends(t *testing.T) {
	inBubble(t, func(t *testing.T, b *backends, c *weka.Client) {
		b.set(deadHost, true)
		for range 3 {
			mustStatus(t, c)
		}
		tenant, err := c.ForTenant("physics", weka.WithAccessToken("physics"))
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			mustStatus(t, tenant)
		}
		tenant.Close()
		if sent := b.to("/cluster"); sent[deadHost] != 1 || b.tokens["Bearer physics"] != 10 {
			t.Errorf("the calls went to %v, %d with the tenant's token", sent, b.tokens["Bearer physics"])
		}
		b.set(deadHost, false)
		for range 60 {
			mustStatus(t, c)
			time.Sleep(time.Second)
		}
		if sent := b.to("/cluster"); sent[deadHost] < 15 {
			t.Errorf("after it healed the calls went to %v", sent)
		}
	})
}

func TestForTenantBadOptions(t *testing.T) {
	c := newClientAt(t, "weka01", weka.WithAccessToken("t"), weka.WithTransport(connecttest.Always(http.StatusOK, `{"data":{}}`)))
	password := weka.WithPassword("ada", "p")
	for words, test := range map[string]struct {
		name    string
		options []weka.Option
	}{
		"name of the tenant is empty":    {"", []weka.Option{password}},
		"no credentials":                 {"physics", []weka.Option{weka.WithClusterName("lab")}},
		"WithCAFile is not a credential": {"physics", []weka.Option{password, weka.WithCAFile("/x")}},
		"WithTenant is no":               {"physics", []weka.Option{password, weka.WithTenant("chemistry")}},
		"WithReadOnly is no":             {"physics", []weka.Option{password, weka.WithReadOnly()}},
		"contradict each other":          {"physics", []weka.Option{password, weka.WithAccessToken("t")}},
		"the password is empty":          {"physics", []weka.Option{weka.WithPassword("ada", "")}},
		"WithPassword is given twice":    {"physics", []weka.Option{password, password}},
		"WithTokenStore has no store":    {"physics", []weka.Option{weka.WithTokenStore(nil)}},
		"weka: ForTenant: invalid":       {"physics", []weka.Option{weka.WithPassword("", "p")}},
	} {
		tenant, err := c.ForTenant(test.name, test.options...)
		if tenant != nil || !errors.Is(err, weka.ErrInvalidArgument) || !strings.Contains(err.Error(), words) {
			t.Errorf("got %v, want %q", err, words)
		}
	}
}

// The client of a tenant has the retries, hooks and log of its parent, but not its session.
func TestForTenantInherits(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		hook := weka.WithSessionHook(func(event weka.SessionEvent) { t.Errorf("the hook got an event of another session: %v", event.Kind) })
		c := admin(t, srv, weka.WithReadOnly(), weka.WithRetryPolicy(weka.RetryPolicy{Attempts: 1}), hook)
		tenant, err := c.ForTenant("physics", weka.WithPassword("ada", "lovelace"))
		if err != nil {
			t.Fatal(err)
		}
		defer tenant.Close()
		wantError(t, createFileSystem(t.Context(), tenant), "createFileSystem", weka.ErrReadOnly)
		srv.Fail(statusOperation, 1, http.StatusBadGateway, "<html>")
		if failed := asError(t, status(t.Context(), tenant), statusOperation, weka.ErrUnavailable); failed.Attempts != 1 {
			t.Errorf("got %v", failed)
		}
	}, wekatest.WithAccount("ada", "lovelace", "physics"))
}

func TestEnsureNFS(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, ctx := admin(t, srv), t.Context()
		made(t, c, "fs1")
		ensure := func(ips ...string) *wekaapi.ClientGroup {
			t.Helper()
			group, err := c.EnsureClientGroup(ctx, "g1", weka.NFSClients{IPs: ips})
			if err != nil {
				t.Fatal(err)
			}
			return group
		}
		if group := ensure(); group.Name != "g1" || len(group.Rules) != 0 {
			t.Errorf("got %+v", group)
		}
		ensure("10.1.0.0/255.255.0.0")
		if group := ensure("10.2.0.0/255.255.0.0", "10.1.0.0/255.255.0.0"); len(group.Rules) != 2 {
			t.Errorf("got %+v", group)
		}
		id, mode := int64(7), wekaapi.NFSSquashModeRoot
		body := wekaapi.AddNFSPermissionBody{Filesystem: "fs1", Group: "g1"}
		want := func(updates int) *wekaapi.NFSPermission {
			t.Helper()
			permission, err := c.EnsureNFSPermission(ctx, body)
			if err != nil {
				t.Fatal(err)
			}
			if added, updated := srv.Count("addNfsPermission"), srv.Count("updateNfsPermission"); added != 1 || updated != updates {
				t.Errorf("%d added and %d updated, want 1 and %d", added, updated, updates)
			}
			return permission
		}
		want(0)
		want(0)
		body.AnonUID, body.SquashMode = &id, &mode
		if p := want(1); p.AnonUID != "7" || p.SquashMode != string(mode) {
			t.Errorf("got %+v", p)
		}
		want(1)
		body.SupportedVersions = []wekaapi.NFSVersion{wekaapi.NFSVersionV4, wekaapi.NFSVersionV3}
		want(2)
		body.SupportedVersions = []wekaapi.NFSVersion{wekaapi.NFSVersionV3, wekaapi.NFSVersionV4}
		want(2)
	})
}

// Concurrent Ensure calls succeed.
func TestEnsureTogether(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, ctx := admin(t, srv), t.Context()
		made(t, c, "fs1")
		faster := func(operation, collection string, members map[string]any) {
			srv.Intercept(operation, 1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				srv.Seed(collection, members)
				next.ServeHTTP(w, r)
			})
		}
		faster("createClientGroup", "/nfs/clientGroups", map[string]any{"name": "g1"})
		if group, err := c.EnsureClientGroup(ctx, "g1", weka.NFSClients{IPs: []string{"10.1.0.7"}}); err != nil || len(group.Rules) != 1 {
			t.Errorf("got %+v, %v", group, err)
		}
		faster("addNfsPermission", "/nfs/permissions", map[string]any{"filesystem": "fs1", "path": "/", "group": "g1"})
		if permission, err := c.EnsureNFSPermission(ctx, wekaapi.AddNFSPermissionBody{Filesystem: "fs1", Group: "g1"}); err != nil || permission.UID == "" {
			t.Errorf("got %+v, %v", permission, err)
		}
		faster("createS3Bucket", "/s3/buckets", map[string]any{"name": "b1"})
		if bucket, err := c.EnsureS3Bucket(ctx, wekaapi.CreateS3BucketBody{BucketName: "b1"}); err != nil || bucket.Name != "b1" {
			t.Errorf("got %+v, %v", bucket, err)
		}
	})
}

func TestS3(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, ctx := admin(t, srv), t.Context()
		fs := made(t, c, "fs1")
		for range 2 {
			bucket, err := c.EnsureS3Bucket(ctx, wekaapi.CreateS3BucketBody{BucketName: "b1", FSUID: &fs.UID})
			if err != nil || bucket.Name != "b1" || srv.Count("createS3Bucket") != 1 {
				t.Errorf("got %+v, %v", bucket, err)
			}
		}
		_, err := c.EnsureS3Bucket(ctx, wekaapi.CreateS3BucketBody{BucketName: "b2", FSUID: new("none")})
		wantError(t, err, "createS3Bucket", weka.ErrNotFound)
		srv.Fail("getS3Policies", 1, http.StatusOK, `{"data":{"policies":7}}`)
		_, err = c.ListS3Policies(ctx)
		wantError(t, err, "getS3Policies", weka.ErrMalformedResponse)
	})
	for _, document := range []string{``, `null`, `[]`, `"x"`, `{"a":1} {}`, `{`} {
		if _, err := weka.ParseS3Policy([]byte(document)); !errors.Is(err, weka.ErrInvalidArgument) {
			t.Errorf("%q: got %v", document, err)
		}
	}
}

// An overview has the events since a time, from all pages, or none without a time. Empty
// lists are not nil, and failed parts are in the error.
func TestOverview(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, ctx := admin(t, srv), t.Context()
		for _, name := range []string{"fs1", "fs2", "fs3"} {
			made(t, c, name)
		}
		o, err := c.GetOverview(ctx, time.Now().Add(-time.Hour))
		if err != nil || len(o.Events) < 3 || o.Alerts == nil || o.Cluster.Name == "" {
			t.Errorf("got %+v, %v", o, err)
		}
		if o, err := c.GetOverview(ctx, time.Time{}); err != nil || o.Events == nil || len(o.Events) != 0 {
			t.Errorf("got %+v, %v", o, err)
		}
		srv.Fail("getEvents", 9, http.StatusForbidden, `{"data":"Forbidden"}`)
		srv.Fail("getRealTimeStats", 9, http.StatusForbidden, `{"data":"Forbidden"}`)
		o, err = c.GetOverview(ctx, time.Now().Add(-time.Hour))
		var partial *weka.OverviewError
		if !errors.As(err, &partial) || len(partial.Failures) != 2 || o.Events != nil || o.Stats != nil || len(o.Containers) == 0 {
			t.Fatalf("got %+v, %v", o, err)
		}
		connecttest.Line(t, err)
		wantError(t, partial.Failures[0], "getEvents", weka.ErrForbidden)
		wantError(t, partial.Failures[1], "getRealTimeStats", weka.ErrForbidden)
	}, wekatest.WithPageSize(2))
}

func TestRelease(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		srv.Fail(statusOperation, 1, http.StatusForbidden, `{"data":"Forbidden"}`)
		_, err := c.Release(t.Context())
		wantError(t, err, statusOperation, weka.ErrForbidden)
		for range 3 {
			if number, err := c.Release(t.Context()); number != "5.0.2" || err != nil {
				t.Errorf("got %q, %v", number, err)
			}
		}
		if n := srv.Count(statusOperation); n != 2 {
			t.Errorf("asked %d times", n)
		}
		time.Sleep(61 * time.Minute) // the cluster may have been upgraded
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() { _, _ = c.Release(t.Context()) })
		}
		group.Wait()
		if n := srv.Count(statusOperation); n < 3 {
			t.Errorf("asked %d times", n)
		}
	}, wekatest.Release("5.0.2"))
}

// Since returns the release of an operation.
func TestOperationsTellSinceWhen(t *testing.T) {
	since := map[string]string{}
	for _, operation := range weka.Operations() {
		since[operation.Service()+"."+operation.GoMethod()] = operation.Since()
	}
	for method, want := range map[string]string{"Alerts.List": "3.14", "Alerts.ListMutes": "5.1"} {
		if since[method] != want {
			t.Errorf("%s is known since %q, want %q", method, since[method], want)
		}
	}
}

// The caller's own call of the status caches the release.
func TestReleaseOfAStatus(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		if number, err := c.Release(t.Context()); number != "5.1.0" || err != nil || srv.Count(statusOperation) != 1 {
			t.Errorf("got %q, %v, asked %d times", number, err, srv.Count(statusOperation))
		}
	}, wekatest.Release("5.1"))
}

// Ensure methods may be repeated, and say whether they made something.
func TestEnsure(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, ctx := admin(t, srv), t.Context()
		fs := made(t, c, "fs1")
		srv.MakeDirectory("fs1", "/data", 0)
		limits := weka.QuotaLimits{Hard: 1 << 30, Soft: 1<<29 + 1, Grace: time.Hour, Owner: "a@example.com"}
		for name, ensure := range map[string]func() (string, bool, error){
			"filesystem": func() (string, bool, error) {
				fs, did, err := c.EnsureFileSystem(ctx, newFilesystem("fs2"))
				return fs.UID, did, err
			},
			"snapshot": func() (string, bool, error) {
				snapshot, did, err := c.EnsureSnapshot(ctx, fs.UID, "monday")
				return snapshot.UID, did, err
			},
			"quota": func() (string, bool, error) {
				quota, did, err := c.EnsureQuota(ctx, fs.UID, "/data", limits)
				return quota.Owner, did, err
			},
			"user": func() (string, bool, error) {
				user, did, err := c.EnsureUser(ctx, wekaapi.CreateUserBody{Username: new("alice"), Password: new(weka.NewSecret("Secret-123")), Role: new(wekaapi.UserRoleRegular)})
				return user.UID, did, err
			},
		} {
			first, did, err := ensure()
			if err != nil || !did || first == "" {
				t.Errorf("%s: got %q, %v, %v", name, first, did, err)
			}
			if again, did, err := ensure(); err != nil || did || again != first {
				t.Errorf("%s again: got %q, %v, %v, want %q", name, again, did, err, first)
			}
		}
		limits.Hard = 2 << 30
		if quota, changed, err := c.EnsureQuota(ctx, fs.UID, "/data", limits); err != nil || !changed || quota.HardLimitBytes != 2<<30 {
			t.Errorf("another limit: got %+v, %v, %v", quota, changed, err)
		}
		if _, _, err := c.EnsureUser(ctx, wekaapi.CreateUserBody{}); !errors.Is(err, weka.ErrInvalidArgument) {
			t.Errorf("no name: got %v", err)
		}
	})
}

// Waits for what another program began.
func TestWaitForWhatIsUnderWay(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c, ctx := admin(t, srv), t.Context()
		fs, _, err := c.EnsureFileSystem(ctx, newFilesystem("fs1"))
		if err != nil {
			t.Fatal(err)
		}
		if fs, err = c.WaitFileSystem(ctx, fs.UID, time.Hour); err != nil || fs.Status != "READY" {
			t.Errorf("got %+v, %v", fs, err)
		}
		if _, err = c.WaitFileSystem(ctx, "none", time.Hour); !errors.Is(err, weka.ErrNotFound) || !strings.HasPrefix(err.Error(), "wait for filesystem none: ") {
			t.Errorf("got %v", err)
		}
		if _, err := c.WaitSnapshot(ctx, "none", "moon", time.Hour); !errors.Is(err, weka.ErrInvalidArgument) {
			t.Errorf("got %v", err)
		}
		srv.MakeDirectory("fs1", "/data", 1000)
		if _, err := c.SetQuota(ctx, fs.UID, "/data", weka.QuotaLimits{Hard: 1 << 30}); err != nil {
			t.Fatal(err)
		}
		tasks, err := c.Tasks.List(ctx, nil)
		if err != nil || len(tasks) != 1 {
			t.Fatalf("got %+v, %v", tasks, err)
		}
		if err := c.WaitTask(ctx, tasks[0].UID, time.Hour); err != nil {
			t.Error(err)
		}
		if tasks, err = c.Tasks.List(ctx, nil); err != nil || len(tasks) != 0 {
			t.Errorf("got %+v, %v", tasks, err)
		}
	})
}
