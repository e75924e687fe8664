using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using OrleansDaap.Testing;
using OrleansDaap.UnitTests.EmbeddedSilo.Grains;
using Xunit;

namespace OrleansDaap.UnitTests.EmbeddedSilo;

public sealed class ContractRulesTests
{
    [Theory]
    [InlineData(typeof(NoSerializer), "lacks [GenerateSerializer]")]
    [InlineData(typeof(NoAlias), "NoAlias: it lacks [Alias]")]
    [InlineData(typeof(NoId), "NoId.Value: it lacks [Id]")]
    [InlineData(typeof(NoIdOnGetOnly), "NoIdOnGetOnly.Value: it lacks [Id]")]
    [InlineData(typeof(NoIdOnSetter), "NoIdOnSetter.Value: it lacks [Id]")]
    [InlineData(typeof(NoIdOnField), "NoIdOnField.Value: it lacks [Id]")]
    [InlineData(typeof(TwiceTheSameId), "its id 0 is also that of")]
    [InlineData(typeof(AnotherAccount), "its alias 'test.account' is also that of")]
    [InlineData(typeof(Nested), "lacks [GenerateSerializer], and is used by ContractRulesTests.Nested.Values")]
    [InlineData(typeof(Derived), "NoSerializer: it lacks [GenerateSerializer]")]
    [InlineData(typeof(object), "Object: it lacks [GenerateSerializer]")]
    public async Task A_type_that_Orleans_could_not_serialise_is_refused_at_the_start(Type type, string message)
    {
        var failure = await Refused(typeof(EchoGrain<>).MakeGenericType(type), typeof(Account), typeof(Grains.AccountGrain));
        Assert.Contains(message, failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(Sound))]
    [InlineData(typeof(SoundGeneric<Sound>))]
    [InlineData(typeof(int?))]
    [InlineData(typeof(DayOfWeek))]
    [InlineData(typeof(Dictionary<string, List<Sound[]>>))]
    [InlineData(typeof(IReadOnlyDictionary<Guid, (DateTimeOffset, Sound?)>))]
    [InlineData(typeof(System.Collections.Immutable.ImmutableArray<Sound>))]
    [InlineData(typeof(IAccountGrain))]
    [InlineData(typeof(OrleansDaap.Common.DatabaseId))]
    public async Task A_type_that_keeps_the_rules_is_accepted(Type type)
    {
        await using var silo = new TestSilo(typeof(EchoGrain<>).MakeGenericType(type));
        await silo.StartAsync();
    }

    [Fact]
    public async Task Persisted_types_keep_the_rules_too() =>
        Assert.Contains("used by StatefulGrain's state 'state'", await Refused(typeof(StatefulGrain)), StringComparison.Ordinal);

    [Fact]
    public async Task A_storage_that_is_not_registered_is_missed_at_the_start()
    {
        var failure = await Assert.ThrowsAsync<OrleansException>(
            () => new TestSilo(typeof(AccountGrain)) { StorageName = "Other" }.With(silo => Add(silo.Services)).StartAsync());
        Assert.Contains("there is no grain storage 'Default'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exceptions_and_other_types_in_no_signature_are_checked_as_well() =>
        Assert.Contains("FailureException.Reason: it lacks [Id]", await Refused(typeof(OpenGrain), typeof(FailureException)), StringComparison.Ordinal);

    [Fact]
    public async Task Sound_exceptions_are_accepted()
    {
        await using var silo = new TestSilo([typeof(OpenGrain), .. typeof(OrleansDaap.Common.ProblemException).Assembly.GetTypes().Where(IsContract)])
            .With(silo => Add(silo.Services));
        await silo.StartAsync();
    }

    [Fact]
    public async Task A_grain_interface_has_a_string_key_and_one_class_and_returns_tasks()
    {
        var failure = await Refused(typeof(Keyless), typeof(TwinA), typeof(TwinB), typeof(Sync));
        Assert.Contains("IKeyless: a grain interface extends IGrainWithStringKey", failure, StringComparison.Ordinal);
        Assert.Contains("ITwin: several grain classes implement it: TwinA, TwinB", failure, StringComparison.Ordinal);
        Assert.Contains("ISync.Answer: it returns Int32", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_grain_classes_of_one_name_are_refused() =>
        Assert.Contains("Grain type 'open' is claimed by", await Refused(typeof(OpenGrain), typeof(Twin.OpenGrain)), StringComparison.Ordinal);

    [Fact]
    public async Task All_violations_are_reported_at_once()
    {
        var failure = await Refused(typeof(EchoGrain<NoAlias>), typeof(NoId), typeof(Keyless));
        Assert.StartsWith("3 of Orleans' rules are broken:", failure, StringComparison.Ordinal);
        Assert.Equal(4, failure.Split('\n').Length);
    }

    private static bool IsContract(Type type) => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false);

    private static void Add(Microsoft.Extensions.DependencyInjection.IServiceCollection services) =>
        Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, new Stage());

    private static async Task<string> Refused(params Type[] types)
    {
        await using var silo = new TestSilo(types).With(silo => Add(silo.Services));
        return (await Assert.ThrowsAsync<OrleansException>(silo.StartAsync)).Message;
    }

    internal interface IEchoGrain<T> : IGrainWithStringKey
    {
        [ReadOnly]
        Task<T> EchoAsync(T value, CancellationToken cancellationToken);
    }

    internal interface IStatefulGrain : IGrainWithStringKey;

    internal interface IKeyless : IGrain;

    internal interface ITwin : IGrainWithStringKey;

    internal interface ISync : IGrainWithStringKey
    {
        int Answer();
    }

    internal sealed class EchoGrain<T> : Grain, IEchoGrain<T>
    {
        public Task<T> EchoAsync(T value, CancellationToken cancellationToken) => Task.FromResult(value);
    }

#pragma warning disable CS9113 // The state is only declared.
    internal sealed class StatefulGrain([PersistentState("state")] IPersistentState<NoSerializer> state) : Grain, IStatefulGrain;
#pragma warning restore CS9113

    internal sealed class Keyless : Grain, IKeyless;

    internal sealed class TwinA : Grain, ITwin;

    internal sealed class TwinB : Grain, ITwin;

    internal static class Twin
    {
        internal interface IOtherGrain : IGrainWithStringKey;

        internal sealed class OpenGrain : Grain, IOtherGrain;
    }

    internal sealed class Sync : Grain, ISync
    {
        public int Answer() => 42;
    }

    public class NoSerializer;

    [GenerateSerializer]
    public sealed record NoAlias([property: Id(0)] int Value);

    [GenerateSerializer, Alias("test.no-id")]
    public sealed record NoId(int Value);

    [GenerateSerializer, Alias("test.no-id-on-get-only")]
    public sealed class NoIdOnGetOnly(int value)
    {
        public int Value { get; } = value;
    }

    [GenerateSerializer, Alias("test.no-id-on-setter")]
    public sealed class NoIdOnSetter
    {
        private string _text = "0";

        public int Value
        {
            get => int.Parse(_text, System.Globalization.CultureInfo.InvariantCulture);
            set => _text = value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [GenerateSerializer, Alias("test.no-id-on-field")]
    public sealed class NoIdOnField
    {
#pragma warning disable CA1051 // That is what is tested.
        public int Value;
#pragma warning restore CA1051
    }

    [GenerateSerializer, Alias("test.twice")]
    public sealed record TwiceTheSameId([property: Id(0)] int First, [property: Id(0)] int Second);

    [GenerateSerializer, Alias("test.account")]
    public sealed record AnotherAccount([property: Id(0)] int Value);

    [GenerateSerializer, Alias("test.nested")]
    public sealed record Nested([property: Id(0)] IReadOnlyList<NoSerializer[]> Values);

    [GenerateSerializer, Alias("test.derived")]
    public sealed class Derived : NoSerializer;

    [GenerateSerializer, Alias("test.failure")]
    public sealed class FailureException(string reason) : Exception(reason)
    {
        public string Reason { get; } = reason;
    }

    [GenerateSerializer, Alias("test.sound")]
    public sealed record Sound([property: Id(0)] int Value, [property: Id(1)] Sound? Next)
    {
        public int Twice => Value * 2;
    }

    [GenerateSerializer, Alias("test.sound-generic")]
    public sealed record SoundGeneric<T>([property: Id(0)] T Value);
}
