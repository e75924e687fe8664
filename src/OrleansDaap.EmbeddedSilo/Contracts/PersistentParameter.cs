using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using OrleansDaap.EmbeddedSilo.Activations;

namespace OrleansDaap.EmbeddedSilo.Contracts;

/// <summary>A grain constructor's parameter that is persisted state.</summary>
internal sealed class PersistentParameter
{
    // The storage that a state without a named one goes to, as in Orleans.
    private const string DefaultStorage = "Default";

    private readonly ConstructorInvoker _create;
    private IGrainStorage? _storage;

    private PersistentParameter(ParameterInfo parameter, PersistentStateAttribute attribute)
    {
        ParameterType = parameter.ParameterType;
        StateName = attribute.StateName;
        StorageName = attribute.StorageName ?? DefaultStorage;
        _create = ConstructorInvoker.Create(typeof(PersistentState<>).MakeGenericType(StateType).GetConstructors()[0]);
    }

    public Type ParameterType { get; }

    public Type StateType => ParameterType.GenericTypeArguments[0];

    public string StateName { get; }

    public string StorageName { get; }

    public static PersistentParameter? Of(ParameterInfo parameter) =>
        parameter.GetCustomAttribute<PersistentStateAttribute>() is { } attribute
        && parameter.ParameterType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(IPersistentState<>)
            ? new PersistentParameter(parameter, attribute)
            : null;

    public object Create(Activation activation)
    {
        _storage ??= activation.ActivationServices.GetRequiredKeyedService<IGrainStorage>(StorageName);
        return _create.Invoke(activation, StateName, _storage);
    }
}
