package wekatest_test

import (
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

func TestS3(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	fs := c.filesystem("fs1")[len("/fileSystems/"):]
	c.wantBody(200, `"active":false`, "GET", "/s3", nil)
	cluster := object{"config_fs_name": "fs1", "default_fs_name": "fs1", "key": "k", "secret": "s"}
	c.want(200, "POST", "/s3", cluster)
	c.want(400, "POST", "/s3", cluster)

	c.want(200, "POST", "/s3/buckets", object{"bucket_name": "b1", "fs_uid": fs, "hard_quota": "10MB", "policy": "Public"})
	c.wantBody(400, "already in use", "POST", "/s3/buckets", object{"bucket_name": "b1"})
	c.wantBody(400, `"param":"hard_quota"`, "POST", "/s3/buckets", object{"bucket_name": "b2", "hard_quota": "much"})
	c.wantBody(200, `"buckets":[{"fs":"fs1","hard_limit_bytes":10000000,"name":"b1","path":"/b1","used_bytes":0}]`, "GET", "/s3/buckets", nil)
	c.wantBody(200, `"policy":"Public"`, "GET", "/s3/buckets/b1/policy", nil)
	c.want(200, "PUT", "/s3/buckets/b1/policyJson", object{"policy_file_content": object{"Version": "2012-10-17"}})
	c.wantBody(200, `{\"Version\":\"2012-10-17\"}`, "GET", "/s3/buckets/b1/policyJson", nil)
	c.want(200, "PUT", "/s3/buckets/b1/quota", object{"hard_quota": "1GiB"})
	c.wantBody(200, "1073741824", "GET", "/s3/buckets", nil)
	c.wantBody(404, `bucket: 'b2' not found`, "GET", "/s3/buckets/b2/policy", nil)

	c.want(200, "POST", "/s3/policies", object{"policy_name": "p1", "policy_file_content": object{"x": 1}})
	c.want(400, "POST", "/s3/policies", object{"policy_name": "p1", "policy_file_content": object{"x": 1}})
	c.wantBody(200, `"p1"`, "GET", "/s3/policies", nil)
	c.wantBody(200, `"x":1`, "GET", "/s3/policies/p1", nil)
	c.want(200, "POST", "/s3/policies/attach", object{"policy_name": "p1", "user_name": "admin"})
	c.wantBody(200, `"users":{"admin":"p1"}`, "GET", "/s3/userPolicies", nil)
	c.want(200, "POST", "/s3/policies/detach", object{"user_name": "admin"})
	c.want(200, "DELETE", "/s3/policies/p1", nil)
	c.want(404, "GET", "/s3/policies/p1", nil)

	key := c.Want(200, "POST", "/s3/serviceAccounts", object{}).Body.(object)
	access, _ := key["access_key"].(string)
	if access == "" || key["secret_key"] == nil {
		t.Fatalf("got %v", key)
	}
	c.wantBody(200, `"access_key":"`+access+`"`, "GET", "/s3/serviceAccounts", nil)
	c.wantBody(200, `"parent_user":"admin"`, "GET", "/s3/serviceAccounts/"+access, nil)
	c.want(200, "DELETE", "/s3/serviceAccounts/"+access, nil)
	c.want(404, "GET", "/s3/serviceAccounts/"+access, nil)
	c.want(200, "DELETE", "/s3/buckets/b1", nil)
}
