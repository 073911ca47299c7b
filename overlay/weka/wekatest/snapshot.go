package wekatest

import (
	"fmt"
	"maps"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// snapshot is what a cluster keeps of a snapshot beside its members.
type snapshot struct {
	gone    time.Time          // when its removal ends; zero unless it is being removed
	uploads map[string]*upload // by site, LOCAL and REMOTE
}

// upload is the upload of a snapshot to a site.
type upload struct {
	task    *simulator.Object // nil once it has ended
	locator string
}

func snapshotOf(o *simulator.Object) *snapshot { return o.Hidden.(*snapshot) }

// snapshotManners translate snake_case, which requests speak, to the camelCase of
// answers.
func (c *cluster) snapshotBehavior() simulator.Behavior {
	return simulator.Behavior{
		Names: map[string]string{
			"fs_uid": "filesystemUid", "access_point": "accessPoint", "is_writable": "isWritable",
		},
		Unique: []string{"name", "filesystemUid"},
		Complete: func(o *simulator.Object, _ *simulator.Request, now time.Time) {
			c.completeSnapshot(o, now)
		},
		Show: func(o *simulator.Object, now time.Time) map[string]any { return snapshotOf(o).show(o, now) },
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			f := c.filesystem(r, o.Text("filesystemUid"))
			filesystem, name := r.Query.Get("filesystem"), r.Query.Get("name")
			return f != nil && (name == "" || name == o.Text("name")) &&
				(filesystem == "" || filesystem == f.Text("name") || filesystem == f.Text("uid"))
		},
		Create: func(r *simulator.Request) *simulator.Response {
			uid, _ := r.Member("fs_uid").(string)
			if c.filesystem(r, uid) == nil {
				return new(noFilesystem())
			}
			return wantName(r)
		},
		Delete: func(r *simulator.Request, o *simulator.Object) *simulator.Response {
			if s := snapshotOf(o); s.gone.IsZero() {
				s.gone = r.Time.Add(c.transition)
			}
			return nil
		},
		Keep: true,
	}
}

func noFilesystem() simulator.Response {
	return exception("Filesystem does not exist", "FilesystemDoesNotExistException")
}

func (c *cluster) completeSnapshot(o *simulator.Object, now time.Time) {
	o.Hidden = &snapshot{uploads: map[string]*upload{}}
	o.Members["id"] = "SnapViewId<" + serial(o) + ">"
	o.Members["creationTime"] = now.UTC().Format(time.RFC3339)
	if o.Text("accessPoint") == "" {
		o.Members["accessPoint"] = "@GMT-" + now.UTC().Format("2006.01.02-15.04.05")
	}
	if fs := c.of("/fileSystems").Find("uid", o.Members["filesystemUid"]); fs != nil {
		o.Members["filesystem"], o.Members["filesystemId"] = fs.Members["name"], fs.Members["id"]
	}
}

// show is the snapshot as a read sees it.
func (s *snapshot) show(o *simulator.Object, now time.Time) map[string]any {
	shown := maps.Clone(o.Members)
	shown["isRemoving"] = !s.gone.IsZero()
	local, remote := s.uploads["LOCAL"].show(now), s.uploads["REMOTE"].show(now)
	shown["localStowInfo"], shown["remoteStowInfo"] = local, remote
	foremost := local
	if s.uploads["LOCAL"] == nil {
		foremost = remote
	}
	shown["stowStatus"], shown["locator"], shown["objectProgress"] = foremost["stowStatus"], foremost["locator"], foremost["stowProgress"]
	tasks := []any{}
	for _, u := range s.uploads {
		if u.task != nil {
			tasks = append(tasks, u.task.Members["id"])
		}
	}
	shown["task_ids"] = tasks
	return shown
}

// show is an upload as the stow information of a snapshot has it; nil is none.
func (u *upload) show(now time.Time) map[string]any {
	switch {
	case u == nil:
		return map[string]any{"stowStatus": "NONE", "stowProgress": "N/A", "locator": ""}
	case u.task == nil:
		return map[string]any{"stowStatus": "SYNCHRONIZED", "stowProgress": "100%", "locator": u.locator}
	}
	percent := int(100 * u.task.Hidden.(*task).progress(now))
	return map[string]any{"stowStatus": "UPLOADING", "stowProgress": fmt.Sprintf("%d%%", percent), "locator": u.locator}
}

func (c *cluster) snapshotHandlers() map[string]simulator.Handler {
	return map[string]simulator.Handler{
		"uploadSnapshot":                c.uploadSnapshot,
		"restoreFileSystemFromSnapshot": c.restore,
		"copySnapshot":                  c.copySnapshot,
		"downloadSnapshot":              c.downloadSnapshot,
	}
}

// snapshot returns the one that a request means.
func (c *cluster) snapshot(r *simulator.Request) (*simulator.Object, *simulator.Response) {
	uid := r.PathValues["uid"]
	if o := c.store.Get(c.of("/snapshots"), r, uid); o != nil {
		return o, nil
	}
	return nil, new(notFound("uid", uid))
}

// busy refuses work in a filesystem in which snapshots are being removed.
func (c *cluster) busy(uid any) *simulator.Response {
	for _, o := range c.of("/snapshots").All() {
		if o.Members["filesystemUid"] == uid && !snapshotOf(o).gone.IsZero() {
			return refuse(badRequest(fmt.Sprintf(
				"Operation not allowed to start in filesystem %s because snapshots are being deleted in it",
				o.Text("filesystem")), nil))
		}
	}
	return nil
}

// uploadSnapshot starts an upload, one at a time for each site.
func (c *cluster) uploadSnapshot(r *simulator.Request) simulator.Response {
	o, refusal := c.snapshot(r)
	if refusal == nil {
		refusal = c.busy(o.Members["filesystemUid"])
	}
	if refusal != nil {
		return *refusal
	}
	site, given := r.Member("obs_site").(string)
	if !given {
		site = "LOCAL"
	}
	s := snapshotOf(o)
	u := s.uploads[site]
	if u == nil {
		if refusal := c.tooManyTasks(); refusal != nil {
			return *refusal
		}
		u = &upload{locator: fmt.Sprintf("%s/d/s/%s/spec/%s", clusterGUID[:8], serial(o), o.Text("uid")[9:])}
		s.uploads[site] = u
		u.task = c.start("STOW_UPLOAD", "Uploading snapshot "+o.Text("name"), map[string]any{"snapshot": o.Members["id"]}, r.Time,
			func() { u.task = nil }, func() { delete(s.uploads, site) })
	}
	return r.Success(map[string]any{"locator": u.locator, "extra": map[string]any{}})
}

func (c *cluster) restore(r *simulator.Request) simulator.Response {
	uid := r.PathValues["fs_uid"]
	if c.filesystem(r, uid) == nil {
		return notFound("fs_uid", uid)
	}
	o, refusal := c.snapshot(r)
	if refusal == nil {
		refusal = c.busy(uid)
	}
	if refusal != nil {
		return *refusal
	}
	return c.store.Respond(c.of("/snapshots"), r, o)
}

func (c *cluster) copySnapshot(r *simulator.Request) simulator.Response {
	o, refusal := c.snapshot(r)
	if refusal != nil {
		return *refusal
	}
	name, given := r.Member("destination_name").(string)
	if !given {
		name = o.Text("name") + "-copy"
	}
	return c.addSnapshot(r, o.Text("filesystemUid"), name, r.Member("access_point"))
}

func (c *cluster) downloadSnapshot(r *simulator.Request) simulator.Response {
	uid, _ := r.Member("fs_uid").(string)
	if c.filesystem(r, uid) == nil {
		return noFilesystem()
	}
	name, given := r.Member("name").(string)
	if !given {
		name = "downloaded"
	}
	return c.addSnapshot(r, uid, name, r.Member("access_point"))
}

// addSnapshot makes a snapshot under a name that must be free.
func (c *cluster) addSnapshot(r *simulator.Request, filesystem, name string, accessPoint any) simulator.Response {
	r.Body = map[string]any{"fs_uid": filesystem, "name": name}
	if point, given := accessPoint.(string); given {
		r.Body.(map[string]any)["access_point"] = point
	}
	return c.store.Create(c.of("/snapshots"), r)
}
