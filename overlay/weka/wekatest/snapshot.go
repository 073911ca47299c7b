package wekatest

import (
	"fmt"
	"maps"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// snapshot is the state of a snapshot besides its members.
type snapshot struct {
	gone    time.Time          // when its removal ends; zero unless it is being removed
	uploads map[string]*upload // by site, LOCAL and REMOTE
}

type upload struct {
	task    *simulator.Object // nil after its end
	locator string
}

func snapshotOf(o *simulator.Object) *snapshot { return o.Hidden.(*snapshot) }

func (c *cluster) snapshotBehavior() simulator.Behavior {
	return simulator.Behavior{
		// Requests use snake_case, responses camelCase.
		Names:    map[string]string{"fs_uid": "filesystemUid", "access_point": "accessPoint", "is_writable": "isWritable"},
		Unique:   []string{"name", "filesystemUid"},
		Complete: c.completeSnapshot,
		Show:     showSnapshot,
		Visible: func(r *simulator.Request, o *simulator.Object) bool {
			f := c.filesystem(r, o.Text("filesystemUid"))
			filesystem, name := r.Query.Get("filesystem"), r.Query.Get("name")
			return f != nil && (name == "" || name == o.Text("name")) &&
				(filesystem == "" || filesystem == f.Text("name") || filesystem == f.Text("uid"))
		},
		Create: func(r *simulator.Request) *simulator.Response {
			if c.filesystem(r, r.Text("fs_uid")) == nil {
				return new(noFilesystem())
			}
			return requireName(r)
		},
		Delete: func(r *simulator.Request, o *simulator.Object) *simulator.Response {
			if s := snapshotOf(o); s.gone.IsZero() {
				s.gone = r.Time.Add(c.set.Transition)
			}
			return nil
		},
		Keep: true,
	}
}

func (c *cluster) completeSnapshot(o *simulator.Object, _ *simulator.Request, now time.Time) {
	o.Hidden = &snapshot{uploads: map[string]*upload{}}
	o.Members["id"] = idOf("SnapViewId", o)
	o.Members["creationTime"] = now.UTC().Format(time.RFC3339)
	if o.Text("accessPoint") == "" {
		o.Members["accessPoint"] = "@GMT-" + now.UTC().Format("2006.01.02-15.04.05")
	}
	if fs := c.of("/fileSystems").Find("uid", o.Members["filesystemUid"]); fs != nil {
		o.Members["filesystem"], o.Members["filesystemId"] = fs.Members["name"], fs.Members["id"]
	}
}

func showSnapshot(o *simulator.Object, now time.Time) map[string]any {
	s, shown := snapshotOf(o), maps.Clone(o.Members)
	shown["isRemoving"] = !s.gone.IsZero()
	local, remote := s.uploads["LOCAL"].show(now), s.uploads["REMOTE"].show(now)
	shown["localStowInfo"], shown["remoteStowInfo"] = local, remote
	first := local
	if s.uploads["LOCAL"] == nil {
		first = remote
	}
	shown["stowStatus"], shown["locator"], shown["objectProgress"] = first["stowStatus"], first["locator"], first["stowProgress"]
	tasks := []any{}
	for _, u := range s.uploads {
		if u.task != nil {
			tasks = append(tasks, u.task.Members["id"])
		}
	}
	shown["task_ids"] = tasks
	return shown
}

// show returns the stow information of an upload; nil is no upload.
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

// checkBusy rejects work in a filesystem whose snapshots are being removed.
func (c *cluster) checkBusy(uid any) *simulator.Response {
	for _, o := range c.of("/snapshots").All() {
		if o.Members["filesystemUid"] == uid && !snapshotOf(o).gone.IsZero() {
			return new(badRequest(fmt.Sprintf(
				"Operation not allowed to start in filesystem %s because snapshots are being deleted in it",
				o.Text("filesystem")), nil))
		}
	}
	return nil
}

// uploadSnapshot starts an upload; there is one for each site.
func (c *cluster) uploadSnapshot(r *simulator.Request, o *simulator.Object) simulator.Response {
	if rejection := c.checkBusy(o.Members["filesystemUid"]); rejection != nil {
		return *rejection
	}
	s, site := snapshotOf(o), r.TextOr("obs_site", "LOCAL")
	u := s.uploads[site]
	if u == nil {
		if rejection := c.tooManyTasks(); rejection != nil {
			return *rejection
		}
		u = &upload{locator: fmt.Sprintf("%s/d/s/%s/spec/%s", clusterGUID[:8], serial(o), o.Text("uid")[9:])}
		s.uploads[site] = u
		u.task = c.start("STOW_UPLOAD", "Uploading snapshot "+o.Text("name"), map[string]any{"snapshot": o.Members["id"]}, r.Time,
			func() { u.task = nil }, func() { delete(s.uploads, site) })
	}
	return r.Success(map[string]any{"locator": u.locator, "extra": map[string]any{}})
}

// restore is POST /snapshots/{fs_uid}/{uid}/restore.
func (c *cluster) restore(r *simulator.Request) simulator.Response {
	uid := r.PathValues["fs_uid"]
	if c.filesystem(r, uid) == nil {
		return notFound("fs_uid", uid)
	}
	return c.on("/snapshots", func(r *simulator.Request, o *simulator.Object) simulator.Response {
		if rejection := c.checkBusy(uid); rejection != nil {
			return *rejection
		}
		return c.store.Respond(c.of("/snapshots"), r, o)
	})(r)
}

func (c *cluster) copySnapshot(r *simulator.Request, o *simulator.Object) simulator.Response {
	return c.addSnapshot(r, o.Text("filesystemUid"), r.TextOr("destination_name", o.Text("name")+"-copy"))
}

func (c *cluster) downloadSnapshot(r *simulator.Request) simulator.Response {
	uid := r.Text("fs_uid")
	if c.filesystem(r, uid) == nil {
		return noFilesystem()
	}
	return c.addSnapshot(r, uid, r.TextOr("name", "downloaded"))
}

func (c *cluster) addSnapshot(r *simulator.Request, filesystem, name string) simulator.Response {
	body := map[string]any{"fs_uid": filesystem, "name": name}
	if point, given := r.Member("access_point").(string); given {
		body["access_point"] = point
	}
	r.Body = body
	return c.store.Create(c.of("/snapshots"), r)
}
