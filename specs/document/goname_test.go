package document_test

import (
	"testing"

	"github.com/hotcold-go/hotcold/specs/document"
)

func TestGoName(t *testing.T) {
	for name, want := range map[string]string{
		"getFileSystem": "GetFileSystem", "fs_uid": "FSUID", "host_ids": "HostIDs", "Weka home": "WekaHome",
		"nfs_permission": "NFSPermission", "L6RX_bytes_per_second": "L6RXBytesPerSecond", "s3_key": "S3Key",
		"getS3Buckets": "GetS3Buckets", "StartIO": "StartIO", "uid": "UID", "": "", "<&>": "",
	} {
		got := document.GoName(name)
		if got != want {
			t.Errorf("GoName(%q) = %q, want %q", name, got, want)
		}
		if again := document.GoName(got); again != got {
			t.Errorf("GoName(%q) = %q: a Go name must stay", got, again)
		}
	}
}
