package weka_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// makeBucket makes a bucket, a policy and an access key with that policy. The cluster
// returns the secret of a key once.
func makeBucket(ctx context.Context, address, password, caFile string) error {
	c, err := weka.New(address, weka.WithPassword("admin", password), weka.WithCAFile(caFile))
	if err != nil {
		return err
	}
	defer c.Close()

	fs, err := c.FindFileSystem(ctx, "objects")
	if err != nil {
		return err
	}
	quota := "10GiB"
	bucket, err := c.EnsureS3Bucket(ctx, wekaapi.CreateS3BucketBody{BucketName: "results", FSUID: &fs.UID, HardQuota: &quota})
	if err != nil {
		return err
	}
	fmt.Println(bucket.Name, "on", bucket.FS, bucket.HardLimitBytes>>30, "GiB")

	document, err := weka.ParseS3Policy([]byte(`{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::results/*"]}]}`))
	if err != nil {
		return err
	}
	if err := c.S3.CreatePolicy(ctx, wekaapi.CreateS3PolicyBody{PolicyName: "read-results", PolicyFileContent: document}); err != nil {
		return err
	}
	policies, err := c.ListS3Policies(ctx)
	if err != nil {
		return err
	}
	fmt.Println("has the policy:", slices.Contains(policies, "read-results"))

	key, err := c.S3.CreateServiceAccount(ctx, wekaapi.CreateS3ServiceAccountBody{PolicyFileContent: document})
	if err != nil {
		return err
	}
	fmt.Println("key:", key.AccessKey != "", "secret:", key.SecretKey)
	return c.S3.DeleteServiceAccount(ctx, key.AccessKey)
}

func ExampleClient_EnsureS3Bucket() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	cluster.Seed("/fileSystems", map[string]any{"name": "objects"})
	if err := makeBucket(context.Background(), cluster.URL, "admin", cluster.CAFile()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// results on objects 10 GiB
	// has the policy: true
	// key: true secret: [redacted]
}
