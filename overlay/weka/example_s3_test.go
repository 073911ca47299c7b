package weka_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Make a bucket, a policy and a key that it limits. The cluster shows the secret of a key
// once.
func ExampleClient_EnsureS3Bucket() {
	onCluster(func(ctx context.Context, c *weka.Client, _ *wekatest.Server) error {
		fs, err := c.Filesystem.CreateFileSystem(ctx, wekaapi.CreateFileSystemBody{Name: "objects", GroupName: "default", TotalCapacity: 1 << 40})
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
		if err := c.S3.CreateS3Policy(ctx, wekaapi.CreateS3PolicyBody{PolicyName: "read-results", PolicyFileContent: document}); err != nil {
			return err
		}
		policies, err := c.ListS3Policies(ctx)
		if err != nil {
			return err
		}
		fmt.Println("policy known:", slices.Contains(policies, "read-results"))

		key, err := c.S3.CreateS3ServiceAccount(ctx, wekaapi.CreateS3ServiceAccountBody{PolicyFileContent: document})
		if err != nil {
			return err
		}
		fmt.Println("key:", key.AccessKey != "", "secret:", key.SecretKey)
		return c.S3.DeleteS3ServiceAccount(ctx, key.AccessKey)
	})
	// Output:
	// results on objects 10 GiB
	// policy known: true
	// key: true secret: [redacted]
}
