using System.Collections.Concurrent;
using OrleansDaap.EmbeddedSilo.Hosting;

namespace OrleansDaap.EmbeddedSilo.Calls;

/// <inheritdoc/>
internal sealed class GrainFactory(Silo silo) : IGrainFactory
{
    private readonly ConcurrentDictionary<Type, GrainReference> _prototypes = new();

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        if (!_prototypes.TryGetValue(typeof(TGrainInterface), out var prototype))
        {
            prototype = GrainReference.Prototype(silo, silo.Catalog.Interface(typeof(TGrainInterface)));
            _prototypes[typeof(TGrainInterface)] = prototype;
        }

        var type = silo.Catalog.Interface(typeof(TGrainInterface)).Class.GrainType;
        return (TGrainInterface)(object)prototype.To(new GrainId(type, IdSpan.Create(primaryKey)));
    }
}
