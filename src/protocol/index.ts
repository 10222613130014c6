export * from './vocabulary';
export * from './request';
export * from './report';
export * from './events';
export * from './race';
export * from './panel';
export * from './format';
export * from './sentence';
