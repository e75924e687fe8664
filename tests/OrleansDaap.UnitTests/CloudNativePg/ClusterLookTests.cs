using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.Provisioning;
using Xunit;

namespace OrleansDaap.UnitTests.CloudNativePg;

public sealed class ClusterLookTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DatabaseId Id = DatabaseId.New(Start);
    private static readonly ClusterSpec Spec = ClusterSpecs.Small(Id);

    [Theory]
    [InlineData("Cluster is unrecoverable and needs manual intervention")]
    [InlineData("Invalid cluster definition")]
    [InlineData("Cluster has incomplete or invalid image catalog")]
    [InlineData("Unable to create required cluster objects")]
    [InlineData("Cluster cannot proceed to reconciliation due to an unknown plugin being required")]
    [InlineData("Cluster cannot execute instance online upgrade due to missing architecture binary")]
    public void Phases_that_need_somebody_are_failures_however_ready_it_says_it_is(string phase) => Assert.Equal(ClusterPhase.Failed, Look(phase).Phase);

    [Theory]
    [InlineData("Failing over", "failing-over")]
    [InlineData("Switchover in progress", "switchover")]
    [InlineData("Creating a new replica", "creating-replica")]
    [InlineData("Upgrading cluster", "upgrading")]
    [InlineData("Applying configuration", "applying-configuration")]
    [InlineData("Waiting for the instances to become active", "waiting-for-instances")]
    [InlineData("Something that a later operator says", "cluster-changing")]
    public void Phases_in_which_it_serves_are_told_with_it(string phase, string code)
    {
        var verdict = Look(phase);
        Assert.Equal((ClusterPhase.Ready, code), (verdict.Phase, verdict.Reason?.Code));
    }

    [Fact]
    public void One_that_is_healthy_ready_and_answers_is_ready_without_a_reason() => Assert.Equal(new ClusterVerdict(ClusterPhase.Ready), Look(ClusterWords.Healthy));

    [Theory]
    [InlineData("Initialized", "False")]
    [InlineData("Ready", "False")]
    public void One_whose_conditions_do_not_hold_is_waited_for(string condition, string status) =>
        Assert.Equal(ClusterPhase.Progressing, Look(ClusterWords.Healthy, (condition, status)).Phase);

    [Fact]
    public void Setting_up_is_waited_for_whatever_the_conditions_say() => Assert.Equal(ClusterPhase.Progressing, Look(ClusterWords.SettingUpPrimary).Phase);

    [Fact]
    public void One_that_does_not_answer_is_waited_for() => Assert.NotNull(ClusterLook.Of(Sight(ClusterWords.Healthy) with { Answers = false }).WaitsFor);

    [Fact]
    public void Standbys_that_are_missing_are_told_with_it()
    {
        var verdict = ClusterLook.Of(Sight(ClusterWords.Healthy) with { Spec = Spec with { Instances = 3 } });
        Assert.Equal((ClusterPhase.Ready, "standbys-missing"), (verdict.Phase, verdict.Reason?.Code));
    }

    [Fact]
    public void A_frozen_one_is_stopped_by_its_condition_alone_although_it_says_that_it_is_ready()
    {
        var frozen = Spec with { Frozen = true };
        Assert.Equal(ClusterPhase.Progressing, ClusterLook.Of(Sight(ClusterWords.Healthy) with { Spec = frozen }).Phase);
        Assert.Equal(ClusterPhase.Progressing, ClusterLook.Of(Sight(ClusterWords.Healthy, (ClusterWords.Hibernation, "False")) with { Spec = frozen }).Phase);
        Assert.Equal(ClusterPhase.Stopped, ClusterLook.Of(Sight(ClusterWords.Healthy, (ClusterWords.Hibernation, "True")) with { Spec = frozen }).Phase);
    }

    [Fact]
    public void One_that_is_woken_is_not_ready_while_it_still_sleeps() =>
        Assert.Equal(ClusterPhase.Progressing, Look(ClusterWords.Healthy, (ClusterWords.Hibernation, "True")).Phase);

    [Fact]
    public void Waiting_for_too_long_is_a_failure_that_says_for_what()
    {
        var sight = Sight(ClusterWords.SettingUpPrimary);
        var verdict = ClusterLook.Of(sight);

        Assert.Equal(verdict, ClusterLook.Patiently(verdict, sight, TimeSpan.FromMinutes(8), Start.AddMinutes(7)));
        var failed = ClusterLook.Patiently(verdict, sight, TimeSpan.FromMinutes(8), Start.AddMinutes(8));
        Assert.Equal((ClusterPhase.Failed, "no-progress"), (failed.Phase, failed.Reason?.Code));
        Assert.Contains(ClusterWords.SettingUpPrimary, failed.Reason!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recovery_may_take_long()
    {
        var sight = Sight(ClusterWords.SettingUpPrimary) with { Spec = Spec with { Recovery = new RecoverySource(Id, Start) } };
        Assert.Null(ClusterLook.Patiently(ClusterLook.Of(sight), sight, TimeSpan.FromMinutes(8), Start.AddHours(3)).Reason);
    }

    [Fact]
    public void The_version_is_the_image_s() => Assert.Equal("17.11", ClusterLook.Version(Sight(ClusterWords.Healthy).Objects.Cluster));

    private static ClusterVerdict Look(string phase, params (string Type, string Status)[] conditions) => ClusterLook.Of(Sight(phase, conditions));

    private static ClusterSight Sight(string phase, params (string Type, string Status)[] conditions)
    {
        var all = new Dictionary<string, string> { [ClusterWords.Initialized] = "True", [ClusterWords.Ready] = "True" };
        foreach (var (type, status) in conditions) all[type] = status;
        var cluster = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = Id.Value, ["namespace"] = "daap-checkout", ["annotations"] = new JsonObject { [ClusterNotes.CaAnnotation] = "2031" } },
            ["status"] = new JsonObject
            {
                ["phase"] = phase,
                ["readyInstances"] = 1,
                ["image"] = "registry:5000/postgresql:17.11-202608170816-standard-trixie@sha256:91e0",
                ["conditions"] = new JsonArray([.. all.Select(one => new JsonObject { ["type"] = one.Key, ["status"] = one.Value })]),
            },
        };
        var found = new KubernetesObject(JsonElement.Parse(cluster.ToJsonString()));
        return new ClusterSight
        {
            Objects = new DatabaseObjects(Id, ImmutableDictionary<ObjectId, KubernetesObject>.Empty.Add(new ObjectId(Kinds.Cluster, found.Key), found)),
            Spec = Spec,
            Answers = true,
            ProgressSince = Start,
        };
    }
}
