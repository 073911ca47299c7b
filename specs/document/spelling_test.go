package document_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/specs/document"
)

func TestWords(t *testing.T) {
	for name, want := range map[string]string{
		"getFileSystem": "get File System", "fs_uid": "fs uid", "deactivateContainers check": "deactivate Containers check",
		"getS3OIDC": "get S3 OIDC", "createS3STSCredentials": "create S3 STS Credentials", "setNFSDebugLevel": "set NFS Debug Level",
		"CoresIDsType": "Cores IDs Type", "host_IDs": "host IDs", "NetworkIPs": "Network IPs", "startIO": "start IO",
		"whoAmI": "who Am I", "attachObsToFs": "attach Obs To Fs", "IOsRunning": "IOs Running", "": "", "<&>": "",
	} {
		if got := strings.Join(document.Words(name), " "); got != want {
			t.Errorf("Words(%q) are %q, want %q", name, got, want)
		}
	}
}

func TestSpelling(t *testing.T) {
	s := document.Spelling{"fs": "FileSystem", "obs": "ObjectStore", "samba": "SMB", "single": ""}
	for name, want := range map[string]string{
		"attachObsBucketToFS": "AttachObjectStoreBucketToFileSystem", "getSingleContainer": "GetContainer", "addShareToSamba": "AddShareToSMB",
		"getNfsPermission": "GetNFSPermission", "getUIHealth": "GetUIHealth", "offset": "Offset", "fs_uid": "FileSystemUID",
	} {
		got := s.GoName(name)
		if got != want {
			t.Errorf("GoName(%q) = %q, want %q", name, got, want)
		}
		if again := document.GoName(got); again != got {
			t.Errorf("the generator would make %q of %q", again, got)
		}
	}
	if got, want := s.Words("attachObsToFs"), []string{"Attach", "Object", "Store", "To", "File", "System"}; !reflect.DeepEqual(got, want) {
		t.Errorf("words are %q, want %q", got, want)
	}
}

func TestPlural(t *testing.T) {
	for word, want := range map[string]string{
		"Drive": "Drives", "Drives": "Drives", "Policy": "Policies", "Policies": "Policies", "Key": "Keys", "Address": "Addresses", "Switch": "Switches",
	} {
		if got := document.Plural(word); got != want {
			t.Errorf("Plural(%q) = %q, want %q", word, got, want)
		}
	}
}
