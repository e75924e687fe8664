using Xunit.Abstractions;
using Xunit.Sdk;

namespace OrleansDaap.Testing.Xunit;

/// <summary>A test that says why it does not run.</summary>
public sealed class SkippedTestCase : XunitTestCase
{
    private string _reason = "";

    [Obsolete("For xunit's deserialiser.")]
    public SkippedTestCase()
    {
    }

    public SkippedTestCase(string reason, IMessageSink sink, TestMethodDisplay display, ITestMethod method)
        : base(sink, display, TestMethodDisplayOptions.None, method) => _reason = reason;

    public override void Serialize(IXunitSerializationInfo data)
    {
        base.Serialize(data);
        data.AddValue(nameof(_reason), _reason);
    }

    public override void Deserialize(IXunitSerializationInfo data)
    {
        // Read first: the base asks for the reason while it initialises.
        _reason = data.GetValue<string>(nameof(_reason));
        base.Deserialize(data);
    }

    protected override string GetSkipReason(IAttributeInfo factAttribute) => _reason;
}
